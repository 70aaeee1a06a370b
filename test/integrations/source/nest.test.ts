/** Controllers, guards, pipes and services of NestJS, which NestJS calls. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import ts from 'typescript'
import { inferErrors } from '../../../lib/source/index.js'
import { describeFindings } from '../../source/infer-fixtures.js'
import { createProjectFolder } from '../../support/project-folder.js'

const library = pathToFileURL(fileURLToPath(new URL('../../../lib/index.ts', import.meta.url))).href

const source = `
import 'reflect-metadata'
import { Body, ConflictException, Controller, Delete, Get, HttpException, HttpStatus, Injectable, Ip, Logger, Module, NotFoundException, Param, ParseIntPipe, Post, Put, Query, Req, Res, UnauthorizedException, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import apiErrors, { serverOptions, standardErrors as errors } from ${JSON.stringify(library)}

class NameTaken extends ConflictException { constructor () { super('The name is taken.') } }
class Locked extends HttpException { constructor () { super('The room is locked.', 423) } }
class TrimPipe { transform (value) { if (value === '') throw errors.invalid_request(); return value } }

@Injectable()
class Rooms {
  find (id) {
    if (id === 0) throw new NotFoundException('No room has this id.')
    return { id }
  }
  add (name) {
    if (name === 'taken') throw new NameTaken()
    return this.find(1)
  }
}

@Injectable()
class RequireUser {
  canActivate (context) {
    const request = context.switchToHttp().getRequest()
    if (request.headers.authorization === undefined) throw new UnauthorizedException()
    return true
  }
}
class RequireOwner { canActivate (context) { return context.switchToHttp().getRequest().headers.owner === 'ada' } }

@Controller('rooms')
class RoomController {
  constructor (private readonly rooms: Rooms) {}
  @Get() list () { return [] }
  @Get(':id') find (@Param('id', ParseIntPipe) id: number) { return this.rooms.find(id) }
  @Post() @UseGuards(RequireUser) add (@Body() body: any) { return this.rooms.add(body.name) }
  @Put(':id') @UseGuards(RequireUser, RequireOwner) async change (@Body('name', new TrimPipe()) name: string) { if (name === 'x') throw new Locked() }
  @Delete(':id') remove () { throw new HttpException('Gone.', HttpStatus.GONE) }
  @Get('own/reply') reply (@Req() request: any, @Res() reply: any) { if (request.headers.a === 'b') throw errors.too_early(); reply.code(402).send({ message: 'Pay.' }) }
  @Get('own/unknown') unknown (@Ip() ip: string) {
    new Logger('rooms').log(ip)
    if (ip === '::1') throw new HttpException('Failed.', Number(process.env.STATUS))
    throw errors.resource_locked()
  }
  @Get('own/query') query (@Query('kind') kind: string) { if (kind === undefined) throw errors.missing_required_field() }
}

@Module({ controllers: [RoomController], providers: [Rooms] })
class AppModule {}

class Adapter extends FastifyAdapter {
  setErrorHandler () { return this.getInstance() }
  setNotFoundHandler () { return this.getInstance() }
}

export async function build () {
  const app = await NestFactory.create(AppModule, new Adapter(serverOptions()), { logger: false })
  await app.register(apiErrors)
  app.useGlobalFilters({ catch (exception) { throw exception } })
  await app.init()
  return app
}
`

t.test('the errors of controllers are followed', { timeout: 220_000 }, async t => {
  const folder = createProjectFolder()
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, experimentalDecorators: true, emitDecoratorMetadata: true }
  })
  writeFileSync(join(folder, 'rooms.js'), outputText)
  const app = await (await import(pathToFileURL(join(folder, 'rooms.js')).href)).build()
  t.teardown(() => app.close())
  const server = app.getHttpAdapter().getInstance() as FastifyInstance
  await server.ready()
  const report = await inferErrors(server, folder)
  t.strictSame(describeFindings(report), {
    'DELETE /rooms/:id': ['410 resource_gone certain via RoomController.remove'],
    'GET /rooms': [],
    'GET /rooms/:id': ['400 invalid_request certain', '404 resource_not_found certain via RoomController.find > Rooms.find'],
    'GET /rooms/own/query': ['422 missing_required_field certain via RoomController.query'],
    'GET /rooms/own/reply': ['402 null certain via RoomController.reply', '425 too_early certain via RoomController.reply'],
    'GET /rooms/own/unknown': ['423 resource_locked certain via RoomController.unknown', '500 internal_error certain via RoomController.unknown'],
    'POST /rooms': ['401 unauthorized certain via RequireUser.canActivate', '409 resource_conflict certain via RoomController.add > Rooms.add'],
    'PUT /rooms/:id': ['400 invalid_request certain via TrimPipe.transform', '401 unauthorized certain via RequireUser.canActivate', '403 forbidden certain', '423 resource_locked certain via RoomController.change']
  })
  t.strictSame(report.notFollowed, [])
})
