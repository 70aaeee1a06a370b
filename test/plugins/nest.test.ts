/** NestJS on the Fastify adapter, with the code of docs/migration.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t from 'tap'
import ts from 'typescript'
import { compile } from '../support/compile.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [, recipe = ''] = /```ts nest\n([^]*?)```/.exec(readFileSync(join(root, 'docs/migration.md'), 'utf8')) ?? []

const users = `
import 'reflect-metadata'
import { Body, Controller, Get, Module, NotFoundException, Param, ParseIntPipe, Post } from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import { IsEmail, IsInt } from 'class-validator'
import { standardErrors } from 'fastify-api-errors'

class NewUser {
  @IsEmail() email!: string
  @IsInt() age!: number
}

@Controller('users')
class Users {
  @Get(':id') find (@Param('id', ParseIntPipe) id: number) { throw new NotFoundException('No user has the id ' + id + '.') }
  @Post() create (@Body() user: NewUser) { return user }
  @Get('export/failed') fail () { throw new Error('select * from users failed') }
  @Get('export/gone') @RouteConfig({ errors: ['resource_gone'] }) expire () { throw standardErrors.resource_gone() }
}

@Module({ controllers: [Users] })
export class AppModule {}
`

/** Returns the application of the recipe with a controller, compiled as NestJS compiles it. */
async function createUsers (folder: string): Promise<NestFastifyApplication> {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, source] of Object.entries({ 'recipe.js': recipe, 'users.js': users })) {
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, experimentalDecorators: true, emitDecoratorMetadata: true }
    })
    writeFileSync(join(folder, name), outputText.replaceAll("'fastify-api-errors'", JSON.stringify(pathToFileURL(join(root, 'lib/index.ts')).href)))
  }
  const { AppModule } = await import(pathToFileURL(join(folder, 'users.js')).href)
  const { createApp } = await import(pathToFileURL(join(folder, 'recipe.js')).href)
  const app: NestFastifyApplication = await createApp(AppModule)
  await app.init()
  return app
}

t.test('errors of controllers, pipes and Fastify itself have the format of the API', async t => {
  const app = await createUsers(t.testdir({}))
  t.teardown(() => app.close())
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance
  await server.ready()
  const send = async (request: InjectOptions): Promise<unknown> => {
    const { statusCode, body } = await server.inject(request)
    const { request_id: requestId, ...rest } = JSON.parse(body)
    t.match(requestId, /^req_/)
    return [statusCode, rest]
  }
  t.strictSame(await send({ url: '/users/7' }), [404, { code: 'resource_not_found', message: 'No user has the id 7.' }])
  t.strictSame(await send({ url: '/users/x' }), [400, { code: 'invalid_request', message: 'Validation failed (numeric string is expected)' }])
  t.strictSame(await send({ url: '/users/export/failed' }), [500, { code: 'internal_error', message: 'Something went wrong on our side.' }])
  t.strictSame(await send({ url: '/users/export/gone' }), [410, { code: 'resource_gone', message: 'The resource was permanently removed.' }])
  t.strictSame(await send({ url: '/none' }), [404, { code: 'route_not_found', message: 'This endpoint does not exist.' }])
  t.strictSame(await send({ method: 'DELETE', url: '/users' }), [405, { code: 'method_not_allowed', message: 'This endpoint does not support this method.', meta: { allowed: ['POST'] } }])
  t.strictSame(await send({ method: 'POST', url: '/users', headers: { 'content-type': 'application/json' }, payload: '{' }), [400, { code: 'invalid_request', message: 'The body is not valid JSON.' }])
  t.strictSame(await send({ method: 'POST', url: '/users', payload: { email: 'ada', age: 1.5 } }), [422, {
    code: 'validation_error',
    message: 'One or more fields are invalid.',
    details: [
      { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' },
      { in: 'body', field: 'age', pointer: '/age', code: 'type', message: 'must be a whole number' }
    ]
  }])
  t.strictSame(server.apiErrors.explain('GET', '/users/export/gone').map(({ code }) => code), ['internal_error', 'resource_gone'])
  t.strictSame(server.apiErrors.ledger().filter(({ route, status }) => route === 'GET /users/export/gone' && status === 410), [
    { route: 'GET /users/export/gone', status: 410, code: 'resource_gone', count: 1, documented: true }
  ])
})

t.test('the code of the page compiles', async t => {
  t.equal(compile(recipe), '')
})
