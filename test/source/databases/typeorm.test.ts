/** Calls of TypeORM that send no query of a known entity. */
import t from 'tap'
import { Constraints } from '../../../lib/source/databases/constraints.js'
import type { LibraryCall, LibraryContext } from '../../../lib/source/library-context.js'
import { callTypeorm, readTypeormQuery } from '../../../lib/source/databases/typeorm.js'
import { unknown } from '../../../lib/source/values.js'

const node = {} as NonNullable<LibraryCall['node']>
const call = (given: Partial<LibraryCall> = {}): LibraryCall => ({ callee: { kind: 'external', from: 'typeorm', path: 'Repository.save', node }, self: [], args: [], node, live: undefined, ...given })
const machine = { project: { ts: { isCallExpression: () => false }, checker: {} } } as unknown as LibraryContext

/** Sets the global storage of TypeORM for a test. */
function useStorage (t: { teardown: (fn: () => void) => void }, storage: object | undefined): void {
  Object.assign(globalThis, { typeormMetadataArgsStorage: storage })
  t.teardown(() => { Object.assign(globalThis, { typeormMetadataArgsStorage: undefined }) })
}

t.test('calls of an application without entities are not followed', async t => {
  t.equal(callTypeorm(machine, call(), 'create'), undefined)
  t.equal(readTypeormQuery(machine, call(), 'save', new Constraints(), new WeakSet()), undefined)
})

t.test('a value of an unknown entity is unknown', async t => {
  useStorage(t, { tables: [], columns: [], generations: [], indices: [], uniques: [], relations: [], joinColumns: [] })
  t.equal(callTypeorm(machine, call({ args: [[unknown()]] }), 'getRepository'), undefined)
  t.equal(callTypeorm(machine, call(), 'query'), undefined)
  t.match(callTypeorm(machine, call(), 'create'), [{ kind: 'unknown', model: undefined }])
  t.equal(readTypeormQuery(machine, call({ args: [[unknown()]] }), 'save', new Constraints(), new WeakSet()), undefined)
})

t.test('a relation whose class is not defined, and a constraint whose columns a function returns', async t => {
  class Seat {}
  const ofSeat = { target: Seat, propertyName: 'member' }
  useStorage(t, {
    tables: [{ target: Seat }],
    columns: [],
    generations: [],
    indices: [],
    uniques: [{ target: Seat, columns: () => ['row'] }],
    relations: [{ ...ofSeat, relationType: 'many-to-one', type: () => { throw new ReferenceError('Member is not defined') }, options: {} }],
    joinColumns: []
  })
  const constraints = new Constraints()
  const read = readTypeormQuery(machine, call({ self: [{ kind: 'live', id: 1, value: Seat }] }), 'delete', constraints, new WeakSet())
  t.match(read?.query, { table: 'Seat', verb: 'delete' })
  t.strictSame(constraints.find('Seat')?.foreign, [])
  t.strictSame(constraints.find('Seat')?.unique, [])
})
