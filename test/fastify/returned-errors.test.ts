/** Recognizes errors, and throws errors that a function returns. */
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { standardErrors as errors } from 'fastify-api-errors'
import { checkReturned, isError } from '../../lib/fastify/returned-errors.js'

t.test('errors of this realm, of another realm and of the catalog are recognized', async t => {
  for (const error of [new Error('a'), new TypeError('b'), runInNewContext('new Error("c")'), errors.resource_not_found()]) t.ok(isError(error))
  for (const value of [undefined, null, 'Error', 404, {}, { message: 'a' }, () => {}]) t.notOk(isError(value))
})

t.test('an error that a function returns is thrown', async t => {
  const error = errors.resource_not_found()
  t.equal(checkReturned('value'), 'value')
  t.equal(checkReturned(undefined), undefined)
  t.throws(() => checkReturned(error), error)
  t.equal(await checkReturned(Promise.resolve('value')), 'value')
  await t.rejects(checkReturned(Promise.resolve(error)) as Promise<unknown>, error)
  await t.rejects(checkReturned(Promise.reject(error)) as Promise<unknown>, error)
  const thenable = (value: unknown): unknown => ({ then (resolve: (value: unknown) => void) { resolve(value) } })
  t.equal(await checkReturned(thenable('value')), 'value')
  await t.rejects(checkReturned(thenable(error)) as Promise<unknown>, error)
})
