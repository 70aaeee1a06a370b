/** Errors that are thrown after a status was set on the reply. */
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions } from '../../lib/index.js'

/** Returns the response of an application that sets a status and then throws. */
async function responseTo (status: number, thrown: unknown): Promise<unknown> {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  await app.register(apiErrors)
  app.get('/', async (_request, reply) => {
    reply.code(status)
    throw thrown
  })
  const response = await app.inject('/')
  await app.close()
  return { status: response.statusCode, body: response.json() }
}

const internal = { status: 500, body: { code: 'internal_error', message: 'Something went wrong on our side.', request_id: 'req_1' } }

t.test('a plain Error after a 4xx has the code of the status, and its message is not sent', async t => {
  t.strictSame(await responseTo(404, new Error('no row 7 in users')), {
    status: 404, body: { code: 'resource_not_found', message: 'The resource does not exist.', request_id: 'req_1' }
  })
})

t.test('an error of an application\'s class also has the code of the status', async t => {
  class NotFoundError extends Error { override readonly name = 'NotFoundError' }
  t.match(await responseTo(404, new NotFoundError('no row 7 in users')), { status: 404, body: { code: 'resource_not_found' } })
})

t.test('a 5xx is also kept; the status of a success or a default status is not', async t => {
  t.strictSame(await responseTo(201, new Error('a mistake')), internal)
  t.strictSame(await responseTo(500, new Error('a mistake')), internal)
  t.strictSame(await responseTo(503, new Error('a mistake')), { status: 503, body: { code: 'service_unavailable', message: 'The service is temporarily unavailable.', request_id: 'req_1' } })
})

t.test('an error with a code, such as from jose or firebase-admin, has the status of the reply', async t => {
  const unauthorized = { status: 401, body: { code: 'unauthorized', message: 'Authentication is required.', request_id: 'req_1' } }
  t.strictSame(await responseTo(401, Object.assign(new Error('"exp" claim timestamp check failed'), { name: 'JWTExpired', code: 'ERR_JWT_EXPIRED' })), unauthorized)
  t.strictSame(await responseTo(401, Object.assign(new Error('Firebase ID token has expired.'), { code: 'auth/id-token-expired' })), unauthorized)
  t.strictSame(await responseTo(401, Object.assign(new Error('no such file'), { syscall: 'open' })), internal)
})

t.test('a programming error is an internal_error', async t => {
  t.strictSame(await responseTo(404, new TypeError('users is not a function')), internal)
  t.strictSame(await responseTo(404, Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })), internal)
  t.strictSame(await responseTo(404, 'a string'), internal)
})
