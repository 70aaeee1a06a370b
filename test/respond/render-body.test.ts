/** A body that cannot be created as intended keeps as much of the format as possible. */
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { ApiError, defineErrors, defineFormat, standardErrors as errors, type Format } from 'fastify-api-errors'
import { code, message } from '../../lib/formats/fields.js'
import { createRenderer, type RenderedBody } from '../../lib/respond/render-body.js'

const context = { requestId: 'req_1', instance: '/queues' }
const { code: codeFormat, problem } = (await import('fastify-api-errors')).formats

const render = (error: ApiError, format: Format = codeFormat): RenderedBody => createRenderer({ errors, docUrl: () => undefined })(error, context, format)
const bodyOf = ({ payload }: RenderedBody): unknown => JSON.parse(payload)

t.test('a body has the format of the API and its media type', async t => {
  const rendered = render(errors.resource_conflict({ message: 'The queue is closed.' }))
  t.match(rendered, {
    definition: { code: 'resource_conflict', status: 409 },
    contentType: 'application/json; charset=utf-8',
    payload: '{"code":"resource_conflict","message":"The queue is closed.","request_id":"req_1"}'
  })
  t.notOk('fault' in rendered)
  t.equal(render(errors.resource_conflict(), problem).contentType, 'application/problem+json', 'JSON has no charset parameter (RFC 8259, section 11)')
})

t.test('docUrl adds the pages of the codes; a docUrl that throws fails once, when the renderer is created', async t => {
  const rendered = createRenderer({ errors, docUrl: code => `https://launch.example/errors/${code}` })(errors.resource_conflict(), context, codeFormat)
  t.match(bodyOf(rendered), { doc_url: 'https://launch.example/errors/resource_conflict' })
  t.throws(() => createRenderer({ errors, docUrl: () => { throw new Error('no pages') } }), { message: 'no pages' })
})

t.test('meta that JSON cannot represent is omitted', async t => {
  const circular: { self?: object } = {}
  circular.self = circular
  for (const meta of [circular, { held: [1n] }, { toJSON () { throw new Error('no') } }]) {
    const rendered = render(errors.insufficient_scope({ meta: meta as object }))
    t.strictSame(bodyOf(rendered), { code: 'insufficient_scope', message: errors.insufficient_scope.message, request_id: 'req_1' })
    t.ok(rendered.fault instanceof Error)
  }
})

t.test('a message function that fails because of invalid meta results in internal_error', async t => {
  const own = defineErrors(errors, {
    queue_closed: {
      status: 503,
      type: 'api_error',
      message: (meta: { at: string }) => `The queue closed at ${meta.at.toUpperCase()}.`,
      description: 'The queue is closed.',
      action: 'Come back tomorrow.',
      meta: Type.Object({ at: Type.String() }),
      example: { meta: { at: 'noon' } }
    }
  })
  const error = Object.assign(own.queue_closed({ meta: { at: 'noon' } }), { meta: {} })
  const rendered = createRenderer({ errors: own, docUrl: () => undefined })(error, context, codeFormat)
  t.match(rendered.definition, { code: 'internal_error', status: 500 })
  t.strictSame(bodyOf(rendered), { code: 'internal_error', message: errors.internal_error.message, request_id: 'req_1' })
})

t.test('a format that fails for one code sends internal_error in that format; a format that always fails is replaced by the default', async t => {
  const value = (failing: (code: string) => boolean) => (response: { code: string }): string => {
    if (failing(response.code)) throw new Error('The format is broken.')
    return response.code
  }
  const sometimes = defineFormat({ name: 'sometimes', fields: { oops: { ...code, value: value(code => code === 'resource_conflict') }, message } })
  t.strictSame(bodyOf(render(errors.resource_conflict(), sometimes)), { oops: 'internal_error', message: errors.internal_error.message })
  const always = defineFormat({ name: 'always', contentType: 'application/vnd.own+json', fields: { oops: { ...code, value: value(() => true) } } })
  const rendered = render(errors.resource_conflict(), always)
  t.strictSame(bodyOf(rendered), { code: 'internal_error', message: errors.internal_error.message, request_id: 'req_1' })
  t.equal(rendered.contentType, 'application/json; charset=utf-8')
})

t.test('if the internal_error of the application fails, the standard one is sent', async t => {
  const own = defineErrors(errors, {
    internal_error: {
      status: 500,
      type: 'api_error',
      message: (meta: { team: string }) => `Ask ${meta.team}.`,
      description: 'It failed.',
      action: 'Wait.',
      meta: Type.Object({ team: Type.String() }),
      example: { meta: { team: 'us' } }
    }
  })
  const error = Object.assign(own.internal_error({ meta: { team: 'us' } }), { meta: undefined })
  const rendered = createRenderer({ errors: own as unknown as typeof errors, docUrl: () => undefined })(error, context, codeFormat)
  t.strictSame(bodyOf(rendered), { code: 'internal_error', message: errors.internal_error.message, request_id: 'req_1' })
})

t.test('a code from another catalog is sent with the properties of the error', async t => {
  const other = defineErrors({
    queue_full: { status: 409, type: 'conflict_error', message: 'The queue is full.', description: 'It is full.', action: 'Wait.' },
    printer_on_fire: { status: 503, type: 'api_error', message: 'The printer is on fire.', description: 'It burns.', action: 'Run.' }
  })
  t.match(render(other.queue_full()).definition, { code: 'queue_full', status: 409, type: 'conflict_error', title: 'Queue full' })
  t.strictSame(bodyOf(render(other.queue_full())), { code: 'queue_full', message: 'The queue is full.', request_id: 'req_1' })
  t.strictSame(bodyOf(render(other.printer_on_fire())), { code: 'printer_on_fire', message: errors.internal_error.message, request_id: 'req_1' }, 'a 5xx only has the message of the catalog')
})
