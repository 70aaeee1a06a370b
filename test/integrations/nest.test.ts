/** NestJS on the Fastify adapter, with the code of docs/nest.md. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t from 'tap'
import ts from 'typescript'
import { compile } from '../helpers/compile.js'
import { createProjectFolder } from '../helpers/project-folder.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/nest.md'), 'utf8')
const [recipe = '', documentRecipe = '', mainRecipe = ''] = ['nest', 'nest-document', 'nest-main'].map(mark => new RegExp(`\`\`\`ts ${mark}\\n([^]*?)\`\`\``).exec(page)?.[1])

const users = `
import 'reflect-metadata'
import { Body, ConflictException, Controller, Get, HttpException, Module, NotFoundException, Param, ParseIntPipe, Post, UnauthorizedException, UseGuards } from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import { ApiProperty } from '@nestjs/swagger'
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler'
import { IsEmail, IsInt } from 'class-validator'
import { standardErrors } from 'fastify-api-errors'

class NewUser {
  @ApiProperty() @IsEmail() email!: string
  @ApiProperty() @IsInt() age!: number
}

class RejectAll { canActivate () { return false } }
class RequireToken { canActivate () { throw new UnauthorizedException() } }

@Controller('users')
class Users {
  @Get(':id') find (@Param('id', ParseIntPipe) id: number) { throw new NotFoundException('No user has the id ' + id + '.') }
  @Post() create (@Body() user: NewUser) { return user }
  @Get('failures/bug') fail () { throw new Error('select * from users failed') }
  @Get('failures/outage') outage () { throw new HttpException('no connection to 10.0.0.7', 503) }
  @Get('failures/object') object () { throw new HttpException({ message: 'The name is taken.', owner: 'ada@b.co' }, 409) }
  @Get('failures/list') list () { throw new HttpException({ message: ['a is wrong', 'b is wrong'], error: 'Bad Request' }, 400) }
  @Get('failures/without-message') withoutMessage () { throw new HttpException({ owner: 'ada@b.co' }, 409) }
  @Get('failures/list-of-objects') objects () { throw new HttpException({ message: [{ owner: 'ada@b.co' }] }, 409) }
  @Get('failures/default') standard () { throw new ConflictException() }
  @Get('failures/cause') cause () { throw new ConflictException('Taken.', { cause: new Error('users_name_key'), description: 'A description' }) }
  @Get('failures/forbidden') @UseGuards(RejectAll) forbidden () { return 'ok' }
  @Get('failures/token') @UseGuards(RequireToken) token () { return 'ok' }
  @Get('failures/throttled') @UseGuards(ThrottlerGuard) throttled () { return 'ok' }
  @Get('failures/limited') @RouteConfig({ rateLimitPolicy: false, rateLimit: { max: 1, timeWindow: '1 minute' } }) limited () { return 'ok' }
  @Get('failures/gone') @RouteConfig({ errors: ['resource_gone'] }) expire () { throw standardErrors.resource_gone() }
}

@Module({ controllers: [Users], imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1 }])] })
export class AppModule {}
`

type AddErrors = (document: OpenAPIObject, app: NestFastifyApplication) => Promise<OpenAPIObject>

const folder = createProjectFolder()
t.teardown(() => { rmSync(folder, { recursive: true }) })
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
for (const [name, source] of Object.entries({ 'create-app.js': recipe, 'add-errors.js': documentRecipe, 'main.js': mainRecipe.replace('await app.listen(3000)', 'export { app }'), 'app.module.js': users })) {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, experimentalDecorators: true, emitDecoratorMetadata: true }
  })
  writeFileSync(join(folder, name), outputText.replaceAll("'fastify-api-errors'", JSON.stringify(pathToFileURL(join(root, 'lib/index.ts')).href)))
}
const load = async (name: string): Promise<any> => await import(pathToFileURL(join(folder, name)).href)
const { AppModule } = await load('app.module.js')
const app: NestFastifyApplication = await (await load('create-app.js')).createApp(AppModule)
t.teardown(() => app.close())
await app.init()
const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance
await server.ready()

const send = async (request: InjectOptions): Promise<unknown> => {
  const { statusCode, body } = await server.inject(request)
  const { request_id: requestId, ...rest } = JSON.parse(body)
  t.match(requestId, /^req_/)
  return [statusCode, rest]
}

t.test('exceptions of controllers and pipes keep their status, and those with a 4xx their message', async t => {
  t.strictSame(await send({ url: '/users/7' }), [404, { code: 'resource_not_found', message: 'No user has the id 7.' }])
  t.strictSame(await send({ url: '/users/x' }), [400, { code: 'invalid_request', message: 'Validation failed (numeric string is expected)' }])
  t.strictSame(await send({ url: '/users/failures/bug' }), [500, { code: 'internal_error', message: 'Something went wrong on our side.' }])
  t.strictSame(await send({ url: '/users/failures/outage' }), [503, { code: 'service_unavailable', message: 'The service is temporarily unavailable.' }])
  t.strictSame(await send({ url: '/users/failures/gone' }), [410, { code: 'resource_gone', message: 'The resource was permanently removed.' }])
})

t.test('exceptions with their own body keep the message, and send nothing else of it', async t => {
  t.strictSame(await send({ url: '/users/failures/object' }), [409, { code: 'resource_conflict', message: 'The name is taken.' }])
  t.strictSame(await send({ url: '/users/failures/list' }), [400, { code: 'invalid_request', message: 'a is wrong, b is wrong' }])
  t.strictSame(await send({ url: '/users/failures/without-message' }), [409, { code: 'resource_conflict', message: 'The request conflicts with the state of the resource.' }])
  t.strictSame(await send({ url: '/users/failures/list-of-objects' }), [409, { code: 'resource_conflict', message: 'The request conflicts with the state of the resource.' }])
  t.strictSame(await send({ url: '/users/failures/default' }), [409, { code: 'resource_conflict', message: 'The request conflicts with the state of the resource.' }])
  t.strictSame(await send({ url: '/users/failures/cause' }), [409, { code: 'resource_conflict', message: 'Taken.' }])
})

t.test('the main file of the page serves the document with the errors', async t => {
  const { app } = await load('main.js') as { readonly app: NestFastifyApplication }
  t.teardown(() => app.close())
  const { statusCode, body } = await app.inject('/docs-json')
  t.equal(statusCode, 200)
  t.strictSame(Object.keys(JSON.parse(body).paths['/users/{id}'].get.responses), ['200', '400', '404', '414', '429', '500'])
})

t.test('a guard that rejects a request results in 403 or 401', async t => {
  t.strictSame(await send({ url: '/users/failures/forbidden' }), [403, { code: 'forbidden', message: 'Forbidden resource' }])
  t.strictSame(await send({ url: '/users/failures/token' }), [401, { code: 'unauthorized', message: 'Authentication is required.' }])
})

t.test('limits of the plugin and of @nestjs/throttler result in 429', async t => {
  for (const url of ['/users/failures/limited', '/users/failures/throttled']) {
    t.equal((await server.inject(url)).statusCode, 200, url)
    const { statusCode, headers, body } = await server.inject(url)
    t.strictSame([statusCode, JSON.parse(body).code, headers['retry-after']], [429, 'rate_limit_exceeded', '60'], url)
  }
})

t.test('unknown routes, unsupported methods and invalid bodies get the format of the API', async t => {
  t.strictSame(await send({ url: '/none' }), [404, { code: 'route_not_found', message: 'This endpoint does not exist.' }])
  t.strictSame(await send({ method: 'DELETE', url: '/users' }), [405, { code: 'method_not_allowed', message: 'This endpoint does not support this method.', meta: { allowed: ['POST'] } }])
  t.strictSame(await send({ method: 'POST', url: '/users', headers: { 'content-type': 'application/json' }, payload: '{' }), [400, { code: 'invalid_request', message: 'The body is not valid JSON.' }])
  t.strictSame(await send({ method: 'POST', url: '/users', payload: { email: 'ada', age: 1.5, admin: true } }), [422, {
    code: 'validation_error',
    message: 'One or more fields are invalid.',
    details: [
      { in: 'body', field: 'admin', pointer: '/admin', code: 'unknown_field', message: 'is not allowed' },
      { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' },
      { in: 'body', field: 'age', pointer: '/age', code: 'type', message: 'must be a whole number' }
    ]
  }])
})

t.test('what a route declares is documented, and counted as documented', async t => {
  t.ok(server.apiErrors.explain('GET', '/users/failures/gone').some(({ code }) => code === 'resource_gone'))
  t.strictSame(server.apiErrors.ledger().filter(({ route, status }) => route === 'GET /users/failures/gone' && status === 410), [
    { route: 'GET /users/failures/gone', status: 410, code: 'resource_gone', count: 1, documented: true }
  ])
})

t.test('the document of @nestjs/swagger has the errors, and is valid', async t => {
  const { addErrors } = await load('add-errors.js') as { readonly addErrors: AddErrors }
  const document = await addErrors(SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Users').build()), app)
  const { valid, errors } = await new Validator().validate(document as unknown as Record<string, unknown>)
  t.ok(valid, JSON.stringify(errors))
  t.equal(document.openapi, '3.0.0', 'the version of the components that were added')
  t.strictSame(Object.keys(document.paths['/users']?.post?.responses ?? {}), ['201', '400', '413', '415', '422', '429', '500'])
  t.strictSame(Object.keys(document.paths['/users/failures/gone']?.get?.responses ?? {}), ['200', '410', '429', '500'])
  t.ok(document.components?.schemas?.NewUser, 'the class of @nestjs/swagger')
})

t.test('the code of the page compiles', async t => {
  t.equal(compile(recipe), '')
  t.equal(compile(documentRecipe), '')
})
