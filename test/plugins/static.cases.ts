/** Requests that @fastify/static rejects. */
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { PluginCase } from './case.js'

const root = fileURLToPath(new URL('.', import.meta.url))
const { size } = statSync(fileURLToPath(import.meta.url))

async function setup (app: FastifyInstance): Promise<void> {
  // #region static
  await app.register(fastifyStatic, { root, prefix: '/files/', dotfiles: 'deny' })
  // #endregion
}

const file = '/files/static.cases.ts'

export const cases: readonly PluginCase[] = [
  { what: 'The file is hidden.', setup, request: { url: '/files/.env' }, response: { code: 'forbidden' } },
  { what: 'The path points outside the folder.', setup, request: { url: '/files/a/..%2f..%2fpackage.json' }, response: { code: 'forbidden' } },
  { what: 'The file does not exist.', setup, request: { url: '/files/missing.txt' }, response: { code: 'route_not_found' } },
  { what: 'The path is a folder.', setup, request: { url: '/files/' }, response: { code: 'route_not_found' } },
  { what: 'If-Match has another version.', setup, request: { url: file, headers: { 'if-match': '"another"' } }, response: { code: 'precondition_failed' } },
  {
    what: 'The range starts after the end of the file.',
    setup,
    request: { url: file, headers: { range: `bytes=${size}-` } },
    response: { code: 'range_not_satisfiable', headers: { 'content-range': `bytes */${size}` } }
  },
  {
    what: 'The method is not GET or HEAD.',
    setup,
    request: { method: 'POST', url: file },
    response: { code: 'method_not_allowed', meta: { allowed: ['GET', 'HEAD'] }, headers: { allow: 'GET, HEAD' } }
  }
]
