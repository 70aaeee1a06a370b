/** The response to an error that the source shows. */
import { standardErrors } from 'fastify-api-errors'
import t from 'tap'
import { translateThrown } from '../../lib/source/translate-thrown.js'
import { externalError } from '../../lib/source/error-values.js'
import { builtInTranslators } from '../../lib/translate/translate.js'
import type { ValidationStatus } from '../../lib/translate/validation/validation-status.js'

t.test('a value that the database rejects has the validation status of the application', async t => {
  const answers = (code: 'validation_error' | 'resource_already_exists', validationStatus: ValidationStatus | undefined) => translateThrown(
    { value: externalError(code), site: { file: 'app.ts', line: 1 }, via: [], isUncertain: false, statuses: [] },
    { errors: standardErrors, translators: builtInTranslators, validationStatus, classOf: () => undefined, classNamed: () => undefined },
    () => []
  )
  t.strictSame(answers('validation_error', undefined), [{ code: 'validation_error', status: 422 }])
  t.strictSame(answers('validation_error', 400), [{ code: 'invalid_request', status: 400 }])
  t.strictSame(answers('resource_already_exists', 400), [{ code: 'resource_already_exists', status: 409 }])
})
