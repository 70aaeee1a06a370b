/**
 * Reads undocumented values from Fastify's requests, replies and instances. Fastify stores these values under symbols,
 * which are found by their descriptions. Every function has a test that fails if Fastify changes. If a value is
 * missing, callers work without it.
 */
import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { callSafely } from '../support/call-safely.js'
import { isObject } from '../support/is-object.js'
import { redactFor } from '../support/redact.js'

/** The symbols that were found so far, by description. */
const symbols = new Map<string, symbol>()

/**
 * Reads the value under the symbol of a description, on the object or one of its prototypes; `undefined` if there is
 * none.
 */
function readInternal (object: object, description: string): unknown {
  const known = symbols.get(description)
  const value = known === undefined ? undefined : (object as Record<symbol, unknown>)[known]
  if (value !== undefined) return value
  for (let current: object | null = object; current !== null; current = Object.getPrototypeOf(current)) {
    const symbol = Object.getOwnPropertySymbols(current).find(symbol => symbol.description === description)
    if (symbol === undefined) continue
    symbols.set(description, symbol)
    return (object as Record<symbol, unknown>)[symbol]
  }
  return undefined
}

/** The part of a scope's content-type parsers that is read here. */
interface ContentTypeParsers {
  /** The media types that have a parser, the last registered first. A type may be listed twice. */
  readonly parserList: readonly string[]
  readonly parserRegExpList: readonly RegExp[]
  /** The parsers by media type. The catch-all parser has an empty string as its key. */
  readonly customParsers: ReadonlyMap<string, unknown>
}

/** The media types that a scope parses. */
export interface ParsedMediaTypes {
  /** Exact media types: first Fastify's built-in types, then the others in order of registration. */
  readonly types: readonly string[]
  readonly patterns: readonly RegExp[]
  /** Whether a parser for `*` reads all other media types. */
  readonly hasCatchAll: boolean
}

const builtInParsers: readonly string[] = ['application/json', 'text/plain']

/** Returns the media types that have a parser in the scope of a request; `undefined` if they cannot be read. */
export function getParsedMediaTypes ({ server }: FastifyRequest): ParsedMediaTypes | undefined {
  const parsers = readInternal(server, 'fastify.contentTypeParser') as ContentTypeParsers | undefined
  if (parsers === undefined) return undefined
  const registered = [...new Set([...parsers.parserList].reverse())]
  return {
    types: [
      ...builtInParsers.filter(type => registered.includes(type)),
      ...registered.filter(type => !builtInParsers.includes(type))
    ],
    patterns: parsers.parserRegExpList,
    hasCatchAll: parsers.customParsers.has('')
  }
}

/** The part of a route's context that is read here. */
interface RouteContext {
  readonly onSend: readonly unknown[] | null
  readonly preSerialization: readonly unknown[] | null
}

/** Copies of route contexts with an additional hook, by the original context and the hook. */
const extended = new WeakMap<RouteContext, RouteContext>()

/**
 * Returns whether hooks can run between `reply.send()` and the response, so that the response may not be written
 * immediately.
 */
export function hasSendHooks (request: FastifyRequest): boolean {
  const context = readInternal(request, 'fastify.context') as RouteContext | undefined
  return context !== undefined && (context.onSend !== null || context.preSerialization !== null)
}

/** Copies of route contexts with {@link addFirstSendHook}, by the original context. */
const extendedFirst = new WeakMap<RouteContext, RouteContext>()

/**
 * Adds an `onSend` hook to one request, before all `onSend` hooks of its route. The added hook gets the payload of the
 * handler or the error handler before any other hook changes it.
 *
 * @param hook always the same function, so that the list with it is created only once for each route
 * @returns whether it was added. False if this version of Fastify has other internals
 */
export function addFirstSendHook (request: FastifyRequest, hook: (...args: never[]) => unknown): boolean {
  const context = readInternal(request, 'fastify.context') as RouteContext | undefined
  const key = symbols.get('fastify.context')
  if (context === undefined || key === undefined) return false
  if (context.onSend?.[0] === hook) return true
  let withHook = extendedFirst.get(context)
  if (withHook === undefined) {
    extendedFirst.set(
      context,
      withHook = Object.create(context, { onSend: { value: [hook, ...context.onSend ?? []] } }) as RouteContext
    )
  }
  const slots = request as unknown as Record<symbol, RouteContext>
  slots[key] = withHook
  return true
}

/**
 * Calls a function that sends a payload, with a hook that runs after all `onSend` hooks of the route and just before
 * Fastify writes. Only the payload of this call has that hook, because Fastify reads the list of hooks when it starts
 * to run them.
 *
 * @param lastHook always the same function, so that the list with it is created only once for each route
 */
export function sendWithLastHook (
  request: FastifyRequest,
  lastHook: (...args: never[]) => void,
  send: () => void
): void {
  const context = readInternal(request, 'fastify.context') as RouteContext | undefined
  const key = symbols.get('fastify.context')
  if (context === undefined || key === undefined || context.onSend === null) {
    send()
    return
  }
  let withHook = extended.get(context)
  if (withHook === undefined) {
    extended.set(
      context,
      withHook = Object.create(context, { onSend: { value: [...context.onSend, lastHook] } }) as RouteContext
    )
  }
  const slots = request as unknown as Record<symbol, RouteContext>
  slots[key] = withHook
  try {
    send()
  } finally {
    slots[key] = context
  }
}

/**
 * Returns Fastify's record of the next error handler, which it calls if the current one fails. Fastify sets it each
 * time before it calls an error handler. So it has changed only if another error was passed to a handler in the
 * meantime.
 */
export function getNextErrorHandler (reply: FastifyReply): unknown {
  return readInternal(reply, 'fastify.reply.nextErrorHandler')
}

/** The part of Fastify's log controller that is called here. Older versions of Fastify 5 have no log controller. */
export interface LogController {
  readonly requestIdLogLabel: string
  isLogDisabled(request: FastifyRequest): boolean
  defaultErrorLog(error: unknown, request: FastifyRequest, reply: FastifyReply, ...rest: unknown[]): void
  routeNotFound(request: FastifyRequest, reply: FastifyReply): void
  requestCompleted(error: unknown, request: FastifyRequest, reply: FastifyReply, ...rest: unknown[]): void
  serializerError(error: unknown, request: FastifyRequest, reply: FastifyReply, ...rest: unknown[]): void
  streamError(error: unknown, request: FastifyRequest, reply: FastifyReply, ...rest: unknown[]): void
  writeHeadError(error: unknown, request: FastifyRequest, reply: FastifyReply, ...rest: unknown[]): void
}

/** Returns the log controller of a scope; `undefined` if Fastify has none. */
export function getLogController (server: FastifyInstance): LogController | undefined {
  return readInternal(server, 'fastify.logController') as LogController | undefined
}

/** Returns the label under which Fastify's request logger writes the request id on each line. */
export function getRequestIdLogLabel (server: FastifyInstance): string | undefined {
  return getLogController(server)?.requestIdLogLabel ?? server.initialConfig.requestIdLogLabel
}

/** Fastify's base class of each log controller. It is cached because every error needs it. */
const builtInControllers = new WeakMap<LogController, LogController>()

/** The log controller of Fastify or the application behind each controller that {@link guardLog} set. */
const guardedControllers = new WeakMap<LogController, LogController>()

/**
 * Returns whether the application replaced a method of its log controller. Fastify's own class has each method on the
 * second-to-last prototype.
 */
export function overridesLog (controller: LogController, method: 'defaultErrorLog' | 'routeNotFound'): boolean {
  const guarded = guardedControllers.get(controller)
  if (guarded !== undefined) return overridesLog(guarded, method)
  let builtIn = builtInControllers.get(controller)
  if (builtIn === undefined) {
    builtIn = controller
    for (let current: object = controller; current !== Object.prototype; current = Object.getPrototypeOf(current)) {
      builtIn = current as LogController
    }
    builtInControllers.set(controller, builtIn)
  }
  return controller[method] !== builtIn[method]
}

/** The methods of a log controller that log an error. */
const errorLogs = ['defaultErrorLog', 'requestCompleted', 'serializerError', 'streamError', 'writeHeadError'] as const

/**
 * Guards the lines about errors that Fastify itself logs in a scope: the secrets of the request are removed. If a line
 * cannot be written, for example because a serializer of the logger throws, only the line is lost. Fastify writes some
 * of these lines in events of Node, so the process would end.
 *
 * @param onStreamError called when a response stream fails after its headers were sent. Fastify reports such a failure
 * only to its log controller, before it destroys the response. Returns whether the failure was logged; if not, Fastify
 * logs it
 */
export function guardLog (
  app: FastifyInstance,
  onStreamError: (error: unknown, request: FastifyRequest, reply: FastifyReply) => boolean
): void {
  const controller = getLogController(app)
  const key = symbols.get('fastify.logController')
  if (controller === undefined || key === undefined) return
  const guarded = Object.create(controller) as LogController
  for (const name of errorLogs) {
    guarded[name] = (error, request, reply, ...rest) => {
      if (name === 'streamError') {
        if (onStreamError(error, request, reply)) return
        error ??= new Error(`The stream failed with ${String(error)}.`) // Fastify reads its code
      }
      callSafely(() => {
        controller[name](error && redactFor(request, error), request, reply, ...rest)
      }, () => {})
    }
  }
  guardedControllers.set(guarded, controller)
  Object.assign(app, { [key]: guarded })
}

/**
 * Removes the secrets of a request from the errors that Fastify logs with the logger of the reply itself: of a handler
 * that fails after its response, of an `onRequestAbort` hook, and of a stream for HEAD.
 */
export function guardReplyLog (reply: FastifyReply): void {
  const clean = (fields: unknown): unknown =>
    isObject(fields) && 'err' in fields ? { ...fields, err: redactFor(reply.request, fields.err) } : fields
  reply.log = new Proxy(reply.log, {
    get (log, name) {
      const value: unknown = Reflect.get(log, name)
      if (typeof value !== 'function') return value
      return name === 'error'
        ? (fields: unknown, ...rest: unknown[]) => Reflect.apply(value, log, [clean(fields), ...rest]) as unknown
        : value.bind(log) as unknown
    }
  })
}

/**
 * Returns the headers that were set on a reply, by name in lower case. Without Fastify's internals, also the headers
 * that were set on `reply.raw`.
 */
export function getOwnHeaders (reply: FastifyReply): Readonly<Record<string, unknown>> {
  return (readInternal(reply, 'fastify.reply.headers') ?? reply.getHeaders()) as Readonly<Record<string, unknown>>
}

/** Returns whether trailers were set on a reply, also if this version of Fastify stores them in another place. */
export function mayHaveTrailers (reply: FastifyReply): boolean {
  return readInternal(reply, 'fastify.reply.trailers') !== null
}

/**
 * Undoes the changes that Node makes to an HTTP/1 response before it rejects a header. Node sets the reason phrase, and
 * marks a 204 or 304 as a response without a body. A reason phrase of the application is kept.
 */
export function undoFailedHead ({ raw, request }: FastifyReply): void {
  if (request.raw.httpVersionMajor === 1 && raw.statusMessage && !raw.headersSent) {
    if (Object.values(STATUS_CODES).includes(raw.statusMessage)) raw.statusMessage = ''
    Object.assign(raw, { _hasBody: request.method !== 'HEAD' })
  }
}

/** Returns whether Fastify is sending a stream as a response. Only then does the response have a listener for `end`. */
export function isStreaming (reply: FastifyReply): boolean {
  return reply.raw.listenerCount('end') > 0
}

/** Returns the error with which `handlerTimeout` ended a request; `undefined` if it did not. */
export function getHandlerTimeout (request: FastifyRequest): Error | undefined {
  // Without this option, reading `signal` would create one.
  if (!(request.routeOptions as { readonly handlerTimeout?: number }).handlerTimeout) return undefined
  const { reason } = request.signal as { readonly reason?: Error & { readonly code?: unknown } }
  return reason?.code === 'FST_ERR_HANDLER_TIMEOUT' ? reason : undefined
}

/**
 * Returns whether an error comes from the stream of a request body. Fastify sets the status 400 on such an error unless
 * it has another status.
 */
export function isErrorOfBody (error: unknown, request: FastifyRequest): boolean {
  const stream = readInternal(request, 'fastify.RequestPayloadStream') as
    | { readonly errored?: unknown }
    | null
    | undefined
  return error instanceof Error && stream?.errored === error
}

/** Returns whether Fastify calls `reply.send()` with a value that a handler or hook threw, which can be any value. */
export function isSendingThrown (reply: FastifyReply): boolean {
  return readInternal(reply, 'fastify.reply.isError') === true
}

/** The name of this package's `send` functions in a stack. */
const sendName = 'sendOfApiErrors'

/**
 * Names a function that calls Fastify's `send`, so that isSendCalledByApplication() ignores its stack frame. The build
 * shortens all other names.
 */
export function nameSend<T extends object> (send: T): T {
  return Object.defineProperty(send, 'name', { value: sendName })
}

/**
 * Returns whether the application itself calls `reply.send()` with the error that is being handled. Fastify calls the
 * same function with a thrown error. Only the stack shows the difference, because it has the file that called `send`.
 *
 * @param handler the function that Fastify called with the error; frames above it are not checked
 */
export function isSendCalledByApplication (handler: (...args: never[]) => unknown): boolean {
  const holder: { stack?: unknown } = {}
  Error.captureStackTrace(holder, handler)
  const frames = String(holder.stack).split('\n')
  const send = frames.findIndex(frame => /\bsend \(.*reply\.js:/.test(frame))
  const directory = /\((.*)reply\.js:/.exec(frames[send] ?? '')?.[1]
  const caller = frames.slice(send + 1).find(frame => !frame.includes(sendName))
  return directory !== undefined && caller !== undefined && !caller.includes(directory)
}
