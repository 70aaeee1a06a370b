/** The examples that hooks declare for their errors. */
import t from 'tap'
import { declareExamples, findDeclaredExample } from '../../../lib/infer/declared/declared-examples.js'
import type { DeclaringTarget } from '../../../lib/infer/declared/declare-errors.js'

t.test('the first hook with an example of the code determines it', async t => {
  const [guard, second, other] = [() => {}, () => {}, () => {}]
  declareExamples(guard, { insufficient_scope: { meta: { required: ['queues:write'] } } })
  declareExamples(second, { insufficient_scope: { meta: { required: [] } }, forbidden: { message: 'No.' } })
  const targets = [other, guard, second].map(target => ({ target })) as unknown as readonly DeclaringTarget[]
  t.strictSame(findDeclaredExample(targets, 'insufficient_scope'), { meta: { required: ['queues:write'] } })
  t.strictSame(findDeclaredExample(targets, 'forbidden'), { message: 'No.' })
  t.equal(findDeclaredExample(targets, 'unauthorized'), undefined)
})
