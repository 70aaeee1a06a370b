/** Statuses in the code that creates errors. */
import t from 'tap'
import { parseExpressionAt, type AnyNode, type NewExpression } from 'acorn'
import { findClass, findLibraryStatus, findStatus, readClass } from '../../../lib/infer/code/error-statuses.js'

const parse = (code: string): AnyNode => parseExpressionAt(code, 0, { ecmaVersion: 'latest' })

t.test('the status of an error is found among its arguments', t => {
  for (const [args, status] of [
    ['404', 404],
    ["'Gone.', 410", 410],
    ['StatusCodes.CONFLICT', 409],
    ['HttpStatus.NotFound', 404],
    ['constants.HTTP_STATUS_NOT_FOUND', 404],
    ['http.Status.Gone', 410],
    ['{ statusCode: 403 }', 403],
    ["'No.', { status: 403, code: 'no' }", 403],
    ['{ httpStatusCode: StatusCodes.GONE }', 410],
    ["{ httpStatus: 410, code: 'GONE' }", 410],
    ['404, 410', 404],
    ["'404'", undefined],
    ['7', undefined],
    ['Codes.NotFound', undefined],
    ['{ count: 404 }', undefined],
    ["{ [status]: 404, ...rest, 'status': 404 }", undefined],
    ['', undefined]
  ] as const) t.equal(findStatus((parse(`new HttpError(${args})`) as NewExpression).arguments), status, args)
  t.end()
})

t.test('a class of http-errors has the status of its name', t => {
  for (const [callee, status] of [
    ['createError.NotFound', 404], ['createHttpError.NotFound', 404], ['httpErrors.Gone', 410], ['app.httpErrors.Gone', 410],
    ['errors.NotFound', undefined], ['NotFound', undefined]
  ] as const) t.equal(findLibraryStatus(parse(callee)), status, callee)
  t.end()
})

t.test('the status that a class sets in a field or in its constructor is found', t => {
  for (const [body, status] of [
    ['statusCode = 404', 404],
    ['constructor () { super(); this.status = 410 }', 410],
    ['constructor () { super("No.", 403) }', 403],
    ['static status = 404', undefined],
    ['status', undefined],
    ['count = 404', undefined],
    ['constructor (other) { super(); other.status = 410 }', undefined],
    ['', undefined]
  ] as const) {
    const code = parse(`() => { class Failure extends Error { ${body} } }`)
    t.equal(readClass(findClass(code, 'Failure')), status, body)
  }
  t.equal(findClass(parse('() => { class Failure {} }'), 'Other'), undefined)
  t.equal(readClass(undefined), undefined)
  t.end()
})
