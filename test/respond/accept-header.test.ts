/** The media types of `Accept` on a 415. response-headers.test.ts tests the header itself. */
import type { FastifyRequest } from 'fastify'
import { parseList, Token } from 'structured-headers'
import t from 'tap'
import { acceptedMediaTypes, formatAcceptQuery } from '../../lib/respond/accept-header.js'

/** A request to a route with a schema, on a server that does not expose its parsers. */
function createRequest (schema: unknown, parsed: readonly string[] = []): FastifyRequest {
  return { routeOptions: { schema }, server: { hasContentTypeParser: (type: string) => parsed.includes(type) } } as never
}

t.test('the body schema of a route lists its media types', async t => {
  t.strictSame(acceptedMediaTypes(createRequest({ body: { content: { 'application/cbor': {}, 'text/csv': {} } } })), ['application/cbor', 'text/csv'])
})

t.test('consumes lists them if the body schema does not', async t => {
  const consumes = ['application/xml']
  for (const body of [undefined, {}, { content: null }, { content: 'text/plain' }]) t.strictSame(acceptedMediaTypes(createRequest({ body, consumes })), consumes)
})

t.test('if Fastify does not expose its parsers, the common media types are tried', async t => {
  t.strictSame(acceptedMediaTypes(createRequest(undefined, ['text/csv', 'application/json', 'application/vnd.acme+json'])), ['application/json', 'text/csv'])
  t.strictSame(acceptedMediaTypes(createRequest({ consumes: 'text/csv' })), [])
})

t.test('Accept-Query is a structured field list, in which the parameters of a type are parameters of the member', async t => {
  t.equal(
    formatAcceptQuery(['application/sql', '*/*', 'text/x;charset="utf-8"', 'text/y ; Charset=UTF-8; note="a \\"b\\"; \\c"', '3d/x', '3d/y;z=1']),
    'application/sql, */*, text/x;charset="utf-8", text/y;charset="UTF-8";note="a \\"b\\"; c", "3d/x", "3d/y";z="1"'
  )
  t.strictSame(parseList(formatAcceptQuery(['text/y;a="1\\"";b=2', 'x/*'])), [
    [new Token('text/y'), new Map([['a', '1"'], ['b', '2']])],
    [new Token('x/*'), new Map()]
  ])
  t.equal(formatAcceptQuery([]), '')
})
