/** Reads the properties of an error from a parsed body in any format. */
import t from 'tap'
import { readBody } from '../../lib/client/read-body.js'

const nothing = { code: undefined, message: undefined, issues: [], meta: undefined, requestId: undefined }

t.test('the properties of the error are read from each built-in format', async t => {
  const issue = { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' }
  t.strictSame(readBody({ code: 'validation_error', message: 'Invalid.', request_id: 'req_1', details: [issue], meta: { a: 1 } }), {
    code: 'validation_error', message: 'Invalid.', requestId: 'req_1', issues: [issue], meta: { a: 1 }
  }, 'code')
  t.strictSame(readBody({ type: 'invalid_request_error', code: 'invalid_parameter', message: 'Invalid.', param: 'limit', request_id: 'req_1' }), {
    ...nothing, code: 'invalid_parameter', message: 'Invalid.', requestId: 'req_1'
  }, 'typed')
  t.strictSame(readBody({ summary: 'Invalid.', validation_errors: { email: ['is required', 'is invalid'] } }), {
    ...nothing, message: 'Invalid.', issues: [{ field: 'email', message: 'is required' }, { field: 'email', message: 'is invalid' }]
  }, 'summary')
  t.strictSame(readBody({ message: 'Invalid.', errors: { email: ['is required'] } }), { ...nothing, message: 'Invalid.', issues: [{ field: 'email', message: 'is required' }] }, 'message')
  t.strictSame(readBody({ error: 'validation_error', message: 'Invalid.', requestId: 'req_1', details: [issue] }), {
    ...nothing, code: 'validation_error', message: 'Invalid.', requestId: 'req_1', issues: [issue]
  }, 'error')
  t.strictSame(readBody({ type: 'about:blank', title: 'Not Found', status: 404, detail: 'No queue.', code: 'resource_not_found', request_id: 'req_1' }), {
    ...nothing, code: 'resource_not_found', message: 'No queue.', requestId: 'req_1'
  }, 'problem')
})

t.test('a code is read in any spelling, but a phrase such as Unauthorized is not a code', async t => {
  for (const code of ['NoSuchBucket', 'E1001', 'auth/invalid-token']) {
    t.equal(readBody({ code, message: 'Invalid.' }).code, code)
    t.equal(readBody({ error: code, message: 'Invalid.', requestId: 'req_1' }).code, code)
  }
  t.equal(readBody({ error: 'A sentence.', message: 'Invalid.', requestId: 'req_1' }).code, undefined)
  t.equal(readBody({ statusCode: 401, error: 'Unauthorized', message: 'Invalid.' }).code, undefined)
})

t.test('issues are read from RFC 9457 errors with pointers in URI fragments', async t => {
  const read = (item: unknown): unknown => readBody({ errors: [item] }).issues
  t.strictSame(read({ detail: 'is required', pointer: '#/items/0/a%20b' }), [{ field: 'items.0.a b', message: 'is required', pointer: '/items/0/a b' }])
  t.strictSame(read({ detail: 'is required', pointer: '#/%zz' }), [{ field: '%zz', message: 'is required', pointer: '/%zz' }])
  t.strictSame(read({ detail: 'is required', pointer: '/a' }), [{ field: 'a', message: 'is required', pointer: '/a' }])
})

t.test('no properties are read from any other value', async t => {
  for (const body of [undefined, null, 'text', 7, [], {}, { code: 7, message: '', details: 'none', request_id: null }, { error: 'Bad Request' }]) {
    t.strictSame(readBody(body), nothing, JSON.stringify(body))
  }
  t.strictSame(readBody({ details: [null, {}, { field: 'a' }, { message: 'm' }, { field: 7, message: 'm' }], errors: {} }).issues, [])
  t.strictSame(readBody({ errors: { a: [7, ''], b: 'is invalid' } }).issues, [{ field: 'b', message: 'is invalid' }])
})
