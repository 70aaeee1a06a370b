/** Creates errors without a stack. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { setStackTraceLimit, withoutStack } from '../../lib/support/without-stack.js'

t.test('an error is created without a stack, and the next error has a stack again', async t => {
  t.equal(withoutStack(() => new Error('no stack')).stack, 'Error: no stack')
  t.match(new Error('a stack').stack, /\n {4}at /)
})

t.test('the limit is restored if the function throws', async t => {
  const { stackTraceLimit } = Error
  t.throws(() => withoutStack(() => { throw new RangeError('no') }), { name: 'RangeError', message: 'no' })
  t.equal(Error.stackTraceLimit, stackTraceLimit)
})

t.test('a read-only limit is unchanged', async t => {
  const { stackTraceLimit } = Error
  Object.defineProperty(Error, 'stackTraceLimit', { value: 3, writable: false })
  t.teardown(() => { Object.defineProperty(Error, 'stackTraceLimit', { value: stackTraceLimit, writable: true }) })
  setStackTraceLimit(0)
  t.equal(Error.stackTraceLimit, 3)
  t.match(withoutStack(() => new Error('a stack')).stack, /\n {4}at /)
})

t.test('every response is the same if Error.stackTraceLimit is read-only', async t => {
  const script = fileURLToPath(new URL('../helpers/frozen-process.ts', import.meta.url))
  for (const [flags, ...args] of [[['--frozen-intrinsics', '--no-warnings']], [[], 'read-only']] as const) {
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--import', 'tsx', script, ...args])
    t.strictSame(JSON.parse(stdout), [
      ['/expected', 404, 'resource_not_found'], ['/translated', 409, 'resource_conflict'], ['/unknown', 500, 'internal_error'], ['/nope', 404, 'route_not_found']
    ], flags.join(' '))
  }
})
