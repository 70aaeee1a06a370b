/** The places from which an application can throw. */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'

/** Creates the options of a route that throws a value from one place. */
type Place = (make: () => unknown) => Omit<RouteOptions, 'method' | 'url'>
type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

export const fails = (make: () => unknown) => (): never => { throw make() }
export const failsAsync = (make: () => unknown) => async (): Promise<never> => { throw make() }
const succeeds: Handler = (_request, reply) => { reply.send({ hello: 'world' }) }

/** The places of an application that can throw, each as a route. */
export const places: Record<string, Place> = {
  'a sync handler': make => ({ handler: fails(make) }),
  'an async handler': make => ({ handler: failsAsync(make) }),
  'an async handler, after an await': make => ({
    async handler () {
      await new Promise(resolve => setImmediate(resolve))
      throw make()
    }
  }),
  'reply.send(error)': make => ({
    handler (_request, reply) {
      const thrown = make()
      if (!(thrown instanceof Error)) throw thrown
      reply.send(thrown)
    }
  }),
  'an async handler that returns an error': make => ({
    async handler () {
      const thrown = make()
      if (!(thrown instanceof Error)) throw thrown
      return thrown
    }
  }),
  'the serialization of a value that a sync handler sends': make => ({ handler: (_request, reply) => { reply.send({ toJSON: fails(make) }) } }),
  'the serialization of a value that an async handler returns': make => ({ handler: async () => ({ toJSON: fails(make) }) }),
  'the serialization with a response schema': make => ({
    schema: { response: { 200: { type: 'object', properties: { a: { type: 'string' } } } } },
    handler: async () => Object.defineProperty({}, 'a', { get: fails(make) })
  }),
  'a custom serializer of the reply': make => ({ handler: (_request, reply) => { reply.serializer(fails(make)).send({}) } }),
  'a stream, before its first byte': make => ({
    // destroy() without an argument closes a stream without an error.
    handler: (_request, reply) => { reply.send(new Readable({ read () { this.destroy((make() || new Error('nothing')) as Error) } })) }
  }),
  'a web stream, before its first byte': make => ({ handler: (_request, reply) => { reply.send(new ReadableStream({ pull: fails(make) })) } })
}
for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const) {
  places[`a sync ${hook} hook`] = make => ({ [hook]: fails(make), handler: succeeds })
  places[`an async ${hook} hook`] = make => ({ [hook]: failsAsync(make), handler: succeeds })
}
