/** Requests that @fastify/compress rejects. */
import { gzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { PluginCase } from './case.js'

async function setup (app: FastifyInstance): Promise<void> {
  // #region compress
  await app.register(compress)
  app.post('/', async request => request.body)
  // #endregion
}

function encoded (encoding: string, payload: Buffer): InjectOptions {
  return { method: 'POST', url: '/', headers: { 'content-type': 'application/json', 'content-encoding': encoding }, payload }
}

export const cases: readonly PluginCase[] = [
  {
    what: 'The body has an encoding that is not supported.',
    setup,
    request: encoded('lzma', Buffer.from('{}')),
    response: {
      code: 'unsupported_media_type',
      message: 'The Content-Encoding of the body is not supported.',
      headers: { accept: 'application/json, text/plain', 'accept-encoding': 'identity' }
    }
  },
  {
    what: 'The body does not match its encoding.',
    setup,
    request: encoded('gzip', Buffer.from('{}')),
    response: { code: 'invalid_request', message: 'The body cannot be decompressed.' }
  },
  {
    what: 'The body is incomplete.',
    setup,
    request: encoded('gzip', gzipSync('{"name":"a name"}').subarray(0, 20)),
    response: { code: 'invalid_request', message: 'The body cannot be decompressed.' }
  },
  {
    what: 'The decompressed body is not JSON.',
    setup,
    request: encoded('gzip', gzipSync('{')),
    response: { code: 'invalid_request', message: 'The body is not valid JSON.' }
  }
]
