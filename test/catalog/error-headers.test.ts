/** The headers that error responses document. */
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { retryAdvices } from '../../lib/catalog/retry-advice.js'
import { errorHeaders, formatShouldRetry, retryAfterMsHeader, shouldRetryHeader } from '../../lib/catalog/error-headers.js'

/** The codes of the standard catalog whose responses always have a header. */
const codesWith = (name: string): string[] => {
  const header = errorHeaders.find(header => header.name === name)
  return Object.values(standardErrors).filter(error => header?.on(error)).map(({ code }) => code)
}

t.test('each header belongs to certain errors', async t => {
  t.strictSame(errorHeaders.map(({ name }) => name), [
    'X-Request-Id', 'Cache-Control', 'WWW-Authenticate', 'Allow', 'Accept', 'Accept-Patch', 'Accept-Query', 'Content-Range', 'Upgrade', 'Retry-After'
  ])
  t.strictSame(codesWith('X-Request-Id'), Object.keys(standardErrors))
  t.strictSame(codesWith('Cache-Control'), Object.keys(standardErrors))
  t.strictSame(codesWith('WWW-Authenticate'), [
    'missing_api_key', 'invalid_api_key', 'api_key_revoked', 'api_key_expired', 'unauthorized', 'invalid_token', 'token_expired', 'invalid_credentials', 'insufficient_scope'
  ])
  t.strictSame(codesWith('Allow'), ['method_not_allowed'])
  t.strictSame(codesWith('Accept'), ['unsupported_media_type'])
  t.strictSame(codesWith('Accept-Patch'), ['unsupported_media_type'])
  t.strictSame(codesWith('Accept-Query'), ['unsupported_media_type'])
  t.strictSame(codesWith('Content-Range'), ['range_not_satisfiable'])
  t.strictSame(codesWith('Upgrade'), ['upgrade_required'])
  t.strictSame(codesWith('Retry-After'), ['idempotency_in_progress', 'rate_limit_exceeded', 'service_unavailable'])
})

t.test('each header has a description in the documentation', async t => {
  const ajv = new Ajv()
  addFormats.default(ajv)
  for (const { name, description, schema, example } of [...errorHeaders, shouldRetryHeader, retryAfterMsHeader]) {
    t.match(description, /^[A-Z].*\.$/s, name)
    t.ok(ajv.validate(schema, example), `${name}: the example is one`)
    t.notOk(ajv.validate(schema, schema.type === 'integer' ? 0 : 'line\nbreak'), `${name}: not everything is`)
  }
})

t.test('X-Should-Retry is false only if the request must change first', async t => {
  t.strictSame(retryAdvices.map(formatShouldRetry), ['false', 'true', 'true'])
})
