/** The types of `ResponseError`, and the environments in which the client compiles. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { compile } from '../helpers/compile.js'

t.test('comparing the code narrows status and meta', async t => {
  t.equal(compile(`
    import { isResponseError, parseError, type ErrorOf } from 'fastify-api-errors/client'
    import type { errors } from './errors.js'

    const error = await parseError<typeof errors>(new Response())
    switch (error.code) {
      case 'already_in_queue': {
        const status: 409 = error.status
        const entry: string | undefined = error.meta?.entry_id
        // @ts-expect-error no such fact
        error.meta?.entry
        // @ts-expect-error a format may omit meta
        error.meta.entry_id
        void [status, entry]
        break
      }
      case 'rate_limit_exceeded': {
        const seconds: number | undefined = error.meta?.retry_after
        void seconds
        break
      }
      case 'resource_not_found': {
        const nothing: undefined = error.meta
        void nothing
        break
      }
      case undefined: {
        const meta: unknown = error.meta
        const status: number = error.status
        void [meta, status]
        break
      }
      // @ts-expect-error no such code
      case 'already_in_queu':
    }

    try {} catch (thrown) {
      if (isResponseError<typeof errors>(thrown) && thrown.code === 'already_in_queue') {
        const entry: string | undefined = thrown.meta?.entry_id
        void entry
      }
    }

    type Code = ErrorOf<typeof errors>['code']
    const code: Code = 'internal_error'
    const plain = await parseError(new Response())
    const anyCode: string | undefined = plain.code
    const narrow = parseError<typeof errors>
    void [code, anyCode, narrow]
  `, {
    files: {
      'errors.ts': `
        import { defineErrors, standardErrors } from 'fastify-api-errors'
        import { Type } from '@sinclair/typebox'
        export const errors = defineErrors(standardErrors, {
          already_in_queue: {
            status: 409, type: 'conflict_error', message: 'In.', description: 'Joined.', action: 'Read it.',
            meta: Type.Object({ entry_id: Type.String() }), example: { meta: { entry_id: 'e_1' } }
          }
        })
      `
    }
  }), '')
})

t.test('the client compiles for browsers, without the types of Node', async t => {
  t.equal(compile(`
    import { parseError, withRetry } from 'fastify-api-errors/client'
    const patient = withRetry(fetch, { attempts: 5, advice: { try_again: 'backoff' } })
    const response = await patient('/queues', { signal: AbortSignal.timeout(1000) })
    if (!response.ok) throw await parseError(response)
    // @ts-expect-error no Node here
    process.exit()
  `, { browser: true }), '')
})

t.test('the client imports only its own files', async t => {
  const folder = new URL('../../lib/client/', import.meta.url)
  const imports = readdirSync(folder).flatMap(file =>
    [...readFileSync(new URL(file, folder), 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name))
  t.ok(imports.length > 5)
  t.strictSame(imports.filter(name => !name?.startsWith('./')), [])
})
