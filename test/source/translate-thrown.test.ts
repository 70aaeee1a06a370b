/** The response to an error that the source shows. */
import { defineTranslator, standardErrors } from 'fastify-api-errors'
import t from 'tap'
import { translateThrown } from '../../lib/source/translate-thrown.js'
import { externalError } from '../../lib/source/error-values.js'
import { literal, object, unknown, type ClassValue } from '../../lib/source/values.js'
import { builtInTranslators } from '../../lib/translate/translate.js'
import type { ValidationStatus } from '../../lib/translate/validation/validation-status.js'

t.test('a value that the database rejects has the validation status of the application', async t => {
  const answers = (code: 'validation_error' | 'resource_already_exists', validationStatus: ValidationStatus | undefined) => translateThrown(
    { value: externalError(code), site: { file: 'app.ts', line: 1 }, via: [], isUncertain: false, statuses: [] },
    { errors: standardErrors, translators: builtInTranslators, validationStatus, getClass: () => undefined, findClass: () => undefined },
    () => []
  )
  t.strictSame(answers('validation_error', undefined), [{ code: 'validation_error', status: 422 }])
  t.strictSame(answers('validation_error', 400), [{ code: 'invalid_request', status: 400 }])
  t.strictSame(answers('resource_already_exists', 400), [{ code: 'resource_already_exists', status: 409 }])
})

t.test('a translator can test the fields and call the methods of a class of the application', async t => {
  class QueueClosed extends Error {
    toCode (): 'resource_gone' { return 'resource_gone' }
  }
  const cls: ClassValue = { kind: 'class', id: 1, node: undefined, env: undefined, live: { kind: 'live', id: 2, value: QueueClosed } }
  const domain = defineTranslator({
    name: 'domain',
    translate: (error, { errors }) => error instanceof QueueClosed && '_tag' in error && 'id' in error && error.id === undefined && error._tag === 'QueueClosed' ? errors[error.toCode()]() : undefined
  })
  const of = (names: readonly string[]) => translateThrown(
    {
      value: object({ cls, fields: new Map([['_tag', [literal('QueueClosed')]], ['id', [unknown()]]].filter(([name]) => names.includes(name as string)) as never), error: { origin: 'thrown', names: ['Error'], isUncertain: false } }),
      site: { file: 'app.ts', line: 1 },
      via: [],
      isUncertain: false,
      statuses: []
    },
    { errors: standardErrors, translators: [domain, ...builtInTranslators], validationStatus: undefined, getClass: each => each.live?.value, findClass: () => undefined },
    () => []
  )
  t.strictSame(of(['_tag', 'id']), [{ code: 'resource_gone', status: 410 }])
  t.strictSame(of(['id']), [{ code: 'internal_error', status: 500 }])
})
