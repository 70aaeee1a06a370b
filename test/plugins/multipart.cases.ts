/** Requests that @fastify/multipart rejects. */
import multipart, { type FastifyMultipartOptions } from '@fastify/multipart'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { PluginCase } from './case.js'

function form (options: FastifyMultipartOptions = {}) {
  return async (app: FastifyInstance): Promise<void> => {
    // #region multipart
    await app.register(multipart, options)
    app.post('/', async request => {
      for await (const part of request.parts()) if (part.type === 'file') await part.toBuffer()
    })
    // #endregion
  }
}

const file = 'Content-Disposition: form-data; name="photo"; filename="photo.png"\r\nContent-Type: image/png\r\n\r\n'
const field = (name: string, type = 'text/plain'): string => `Content-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n`

/** Returns a form with the given parts, each with a head and content. */
function post (...parts: readonly string[]): InjectOptions {
  return raw(`${parts.map(part => `--frontier\r\n${part}\r\n`).join('')}--frontier--\r\n`)
}

function raw (payload: string, contentType = 'multipart/form-data; boundary=frontier'): InjectOptions {
  return { method: 'POST', headers: { 'content-type': contentType }, payload }
}

const tooLarge = (message: string) => ({ code: 'payload_too_large', message } as const)
const malformed = (message: string) => ({ code: 'invalid_request', message } as const)
const incomplete = malformed('The form data is incomplete.')

export const cases: readonly PluginCase[] = [
  { what: 'A file is too large.', setup: form({ limits: { fileSize: 10 } }), request: post(`${file}${'x'.repeat(11)}`), response: tooLarge('A file in the form is too large.') },
  { what: 'The form has too many parts.', setup: form({ limits: { parts: 1 } }), request: post(`${field('a')}1`, `${field('b')}2`), response: tooLarge('The form has too many parts.') },
  { what: 'The form has too many files.', setup: form({ limits: { files: 1 } }), request: post(`${file}1`, `${file}2`), response: tooLarge('The form has too many files.') },
  { what: 'The form has too many fields.', setup: form({ limits: { fields: 1 } }), request: post(`${field('a')}1`, `${field('b')}2`), response: tooLarge('The form has too many fields.') },
  {
    what: 'The body is JSON, but the handler expects a form.',
    setup: form(),
    request: { method: 'POST', payload: {} },
    response: { code: 'unsupported_media_type', headers: { accept: 'multipart/form-data' } }
  },
  {
    what: 'The body has a media type that no parser reads.',
    setup: form(),
    request: raw('<a/>', 'application/xml'),
    response: { code: 'unsupported_media_type', headers: { accept: 'application/json, text/plain, multipart/form-data' } }
  },
  { what: 'The form ends in the middle of a file.', setup: form(), request: raw(`--frontier\r\n${file}xx`), response: incomplete },
  { what: 'The form ends in the middle of a field.', setup: form(), request: raw(`--frontier\r\n${field('a')}1`), response: incomplete },
  { what: 'The form ends before its first part.', setup: form(), request: raw('--front'), response: incomplete },
  { what: 'The Content-Type has no boundary.', setup: form(), request: raw('', 'multipart/form-data'), response: malformed('The Content-Type of the form has no boundary.') },
  {
    what: 'The boundary is too long.',
    setup: form(),
    request: raw('', `multipart/form-data; boundary=${'x'.repeat(300)}`),
    response: malformed('The Content-Type of the form has a boundary that is too long.')
  },
  { what: 'A field has the name of a property of Object.prototype.', setup: form(), request: post(`${field('__proto__')}1`), response: malformed('A field in the form has an invalid name.') },
  {
    what: 'A field is declared as JSON but is not valid JSON.',
    setup: form(),
    request: post(`${field('a', 'application/json')}{`),
    response: malformed('A JSON field in the form is not valid JSON.')
  }
]
