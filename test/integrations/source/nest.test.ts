/** Controllers, guards, pipes and services of NestJS, which NestJS calls. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { inferErrors } from '../../../lib/source/index.js'
import { describeFindings } from '../../source/infer-fixtures.js'
import { createProjectFolder } from '../../helpers/project-folder.js'

const library = pathToFileURL(fileURLToPath(new URL('../../../lib/index.ts', import.meta.url))).href

/** The end of each application: it creates the application with the plugin. */
const bootstrap = `
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

const source = `
import 'reflect-metadata'
import { Body, ConflictException, Controller, Delete, Get, HttpException, HttpStatus, Injectable, Ip, Logger, Module, NotFoundException, Param, ParseIntPipe, Post, Put, Query, Req, Res, UnauthorizedException, UnprocessableEntityException, UseGuards, UsePipes } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import apiErrors, { serverOptions, standardErrors as errors } from ${JSON.stringify(library)}

class NameTaken extends ConflictException { constructor () { super('The name is taken.') } }
class Locked extends HttpException { constructor () { super('The room is locked.', 423) } }
class SchemaPipe { transform (value) { if (value === '') throw new UnprocessableEntityException(); return value } }
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
  @Post('own/schema') @UsePipes(SchemaPipe) schema (@Body() body: any) { return body }
  @Post('own/request') @UsePipes(SchemaPipe) request (@Req() request: any) { return request.id }
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

${bootstrap}`

/** Returns the findings of an application of NestJS. */
async function inferNest (t: Test, source: string): Promise<unknown> {
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
  t.strictSame(report.notFollowed, [])
  return describeFindings(report)
}

t.test('the errors of controllers are followed', { timeout: 220_000 }, async t => {
  t.strictSame(await inferNest(t, source), {
    'DELETE /rooms/:id': ['410 resource_gone certain via RoomController.remove'],
    'GET /rooms': [],
    'GET /rooms/:id': ['400 invalid_request certain', '404 resource_not_found certain via RoomController.find > Rooms.find'],
    'GET /rooms/own/query': ['422 missing_required_field certain via RoomController.query'],
    'GET /rooms/own/reply': ['402 null certain via RoomController.reply', '425 too_early certain via RoomController.reply'],
    'GET /rooms/own/unknown': ['423 resource_locked certain via RoomController.unknown', '500 internal_error certain via RoomController.unknown'],
    'POST /rooms': ['401 unauthorized certain via RequireUser.canActivate', '409 resource_conflict certain via RoomController.add > Rooms.add'],
    'POST /rooms/own/request': [],
    'POST /rooms/own/schema': ['422 validation_error certain via SchemaPipe.transform'],
    'PUT /rooms/:id': ['400 invalid_request certain via TrimPipe.transform', '401 unauthorized certain via RequireUser.canActivate', '403 forbidden certain', '423 resource_locked certain via RoomController.change']
  })
})

const guarded = `
import 'reflect-metadata'
import { Body, Controller, createParamDecorator, ForbiddenException, Get, Injectable, Module, Param, Patch, Post, Query, SetMetadata, UseGuards, UsePipes, ValidationPipe } from '@nestjs/common'
import { APP_GUARD, NestFactory, Reflector } from '@nestjs/core'
import { AuthGuard } from '@nestjs/passport'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { SkipThrottle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler'
import { IsOptional, IsString } from 'class-validator'
import apiErrors, { serverOptions, standardErrors as errors } from ${JSON.stringify(library)}

const Public = () => SetMetadata('public', true)
const Roles = Reflector.createDecorator()
const CurrentUser = createParamDecorator((data, context) => context.switchToHttp().getRequest().user)
class NewRoom { @IsString() name: string }
class Filter { @IsOptional() limit: unknown }
const Listed = new ValidationPipe({ exceptionFactory: errors => errors })

@Injectable()
class RequireToken extends AuthGuard('jwt') {
  constructor (private readonly reflector: Reflector) { super() }
  canActivate (context) {
    if (this.reflector.getAllAndOverride('public', [context.getHandler(), context.getClass()])) return true
    return super.canActivate(context)
  }
}
class RequireCookie extends AuthGuard('cookie') {
  handleRequest (error, user) {
    if (error || !user) throw errors.token_expired()
    return user
  }
}
class RequireKey extends AuthGuard('key') {
  handleRequest (error, user, info) {
    if (this.getRequest(info) === user) throw errors.too_early()
    return super.handleRequest(error, user, info)
  }
}
class Count extends ThrottlerGuard {
  canActivate (context) {
    this.generateKey(context, '', '')
    return super.canActivate(context)
  }
}
@Injectable()
class RequireRole {
  constructor (private readonly reflector: Reflector) {}
  canActivate (context) {
    const roles = this.reflector.get(Roles, context.getHandler())
    if (!roles) return true
    return context.switchToHttp().getRequest().user.role === roles[0]
  }
}
class RequireOwner {
  canActivate (context) {
    const owners = Reflect.getMetadata('owners', context.getHandler()) ?? Reflect.getMetadata('owners', context.getClass())
    return owners === undefined || owners.includes(context.switchToHttp().getRequest().headers.name)
  }
}
class RequireScope {
  canActivate (context) {
    const { scope } = context.switchToHttp().getRequest().headers
    return Reflect.getMetadata(scope, context.getHandler()) ?? Reflect.getMetadata('public', context.getArgs()[0])
  }
}
@Injectable()
class RequireName {
  constructor (private readonly reflector: Reflector) {}
  canActivate (context) {
    const { name } = context.switchToHttp().getRequest().headers
    return this.reflector.toString() === name || this.reflector.get(name, context.getClass()) || this.reflector.getAll('public', [])
  }
}

@Controller('rooms')
class RoomController {
  @Get() @Public() list () { return [] }
  @Get('own') @SkipThrottle() own (@CurrentUser() user: any) { if (user.isClosed) throw errors.resource_gone(); return user }
  @Get('all') @Roles(['admin']) all () { return [] }
  @Get('cookie') @Public() @UseGuards(RequireCookie) cookie () { return [] }
  @Get('key') @Public() @UseGuards(RequireKey) key () { return [] }
  @Get('name') @Public() @UseGuards(RequireName) name () { return [] }
  @Get('owned') @Public() @UseGuards(RequireOwner) @SetMetadata('owners', ['ada']) owned () { return [] }
  @Get('open') @Public() @UseGuards(RequireOwner) open () { return [] }
  @Get('scope') @Public() @UseGuards(RequireScope) scope () { return [] }
  @Get('count') @Public() @SkipThrottle() @UseGuards(Count) count () { return [] }
  @Get('plain') @Public() @UseGuards(AuthGuard('plain')) plain () { return [] }
  @Post() @Public() @UsePipes(Listed) add (@Body() body: NewRoom) { return body }
  @Get('search') @Public() @UsePipes(Listed) search (@Query() query: NewRoom) { return query }
  @Get('filter') @Public() @UsePipes(Listed) filter (@Query() query: Filter) { return query }
  @Get('named/:name') @Public() @UsePipes(Listed) named (@Param('name') name: string) { return name }
  @Patch('default') @Public() @UsePipes(new ValidationPipe({ errorHttpStatusCode: 406 })) byDefault (@Body() body: NewRoom) { return body }
  @Patch('own') @Public() @UsePipes(new ValidationPipe({ exceptionFactory: () => new ForbiddenException() })) byFactory (@Body() body: NewRoom) { return body }
}

@Module({
  imports: [ThrottlerModule.forRoot([{ ttl: 1000, limit: 10 }])],
  controllers: [RoomController],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }, { provide: APP_GUARD, useClass: RequireToken }, { provide: APP_GUARD, useClass: RequireRole }]
})
class AppModule {}

${bootstrap}`

t.test('guards of packages, metadata of decorators and ValidationPipe are followed', { timeout: 220_000 }, async t => {
  t.strictSame(await inferNest(t, guarded), {
    'GET /rooms': ['429 rate_limit_exceeded certain'],
    'GET /rooms/all': ['401 unauthorized certain via RequireToken.canActivate', '403 forbidden certain', '429 rate_limit_exceeded certain'],
    'GET /rooms/cookie': ['401 token_expired certain via RequireCookie.handleRequest', '429 rate_limit_exceeded certain'],
    'GET /rooms/count': [],
    'GET /rooms/filter': ['429 rate_limit_exceeded certain'],
    'GET /rooms/key': ['401 unauthorized certain via RequireKey.handleRequest', '425 too_early certain via RequireKey.handleRequest', '429 rate_limit_exceeded certain'],
    'GET /rooms/name': ['403 forbidden certain', '429 rate_limit_exceeded certain'],
    'GET /rooms/named/:name': ['429 rate_limit_exceeded certain'],
    'GET /rooms/open': ['429 rate_limit_exceeded certain'],
    'GET /rooms/own': ['401 unauthorized certain via RequireToken.canActivate', '410 resource_gone certain via RoomController.own'],
    'GET /rooms/owned': ['403 forbidden certain', '429 rate_limit_exceeded certain'],
    'GET /rooms/plain': ['401 unauthorized certain', '429 rate_limit_exceeded certain'],
    'GET /rooms/scope': ['403 forbidden certain', '429 rate_limit_exceeded certain'],
    'GET /rooms/search': ['400 invalid_parameter certain', '429 rate_limit_exceeded certain'],
    'PATCH /rooms/default': ['406 not_acceptable certain', '429 rate_limit_exceeded certain'],
    'PATCH /rooms/own': ['403 forbidden certain', '429 rate_limit_exceeded certain'],
    'POST /rooms': ['422 validation_error certain', '429 rate_limit_exceeded certain']
  })
})
