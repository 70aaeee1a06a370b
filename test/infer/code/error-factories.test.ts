/** Which expressions are factories of the catalog. A name alone counts only if another meaning is unlikely. */
import t from 'tap'
import { parseExpressionAt, type CallExpression, type FunctionExpression, type Node } from 'acorn'
import { classifyOwner, findFactoryCode, type FactoryContext, type Use } from '../../../lib/infer/code/error-factories.js'
import { findLocalVariables } from '../../../lib/infer/code/local-variables.js'
import { findInTree, loadParser } from '../../../lib/infer/code/parse-function.js'

await loadParser()

const codes: readonly string[] = ['queue_full', 'clash']

/** Returns the function that is called as `found(...)`, and what the search needs. The application has the decorator `app.errors`. */
function readCall (source: string): { readonly callee: CallExpression['arguments'][number], readonly context: FactoryContext } {
  const fn = parseExpressionAt(source, 0, { ecmaVersion: 'latest' }) as FunctionExpression
  const call = findInTree(fn, (node: Node) => node.type === 'CallExpression' && (node as CallExpression).callee.type === 'Identifier' && source.slice(node.start).startsWith('found(') ? node as CallExpression : undefined)
  if (call === undefined) throw new Error(`${source} has no call of found()`)
  return {
    callee: call.arguments[0] as CallExpression['arguments'][number],
    context: {
      body: fn,
      variables: findLocalVariables(fn),
      isCode: name => codes.includes(name),
      isFactory: (value, code) => value === `factory of ${code}`,
      findProperty: (owner, name) => source.slice(owner.start, owner.end) === 'app.errors' ? { value: `factory of ${name}` } : undefined
    }
  }
}

function find (source: string, use: Use): string | undefined {
  const { callee, context } = readCall(source)
  return findFactoryCode(callee, use, context)
}

t.test('the code of a factory is found by its name, its owner or a variable', async t => {
  for (const [source, code] of [
    ['() => { found(errors.queue_full) }', 'queue_full'],
    ["() => { found(errors['clash']) }", 'clash'],
    ['() => { found((0, errors_1.queue_full)) }', 'queue_full'],
    ['() => { found(errors?.clash) }', 'clash'],
    ['() => { const make = errors.clash; found(make) }', 'clash'],
    ['() => { found(app.errors.clash) }', 'clash'],
    ['() => { found(catalog.queue_full) }', 'queue_full'],
    ['() => { found(errors.other) }', undefined],
    ['queue_full => { found(queue_full) }', undefined]
  ] as const) t.equal(find(source, 'returned'), code, source)
})

t.test('a name of one word counts only where an error is thrown, or with the name of a catalog', async t => {
  for (const [source, thrown, returned] of [
    ['() => { found(errors.clash) }', 'clash', 'clash'],
    ['() => { found(catalog.clash) }', 'clash', undefined],
    ['() => { found(catalog.clash); catalog.size }', undefined, undefined],
    ['() => { found(clash) }', 'clash', undefined],
    ['() => { found(queue_full) }', 'queue_full', 'queue_full'],
    ['() => { found(this.queue_full) }', 'queue_full', undefined],
    ['() => { found(this.clash) }', undefined, undefined]
  ] as const) t.strictSame([find(source, 'thrown'), find(source, 'returned')], [thrown, returned], source)
})

t.test('the owner of a method is a catalog, a library, or a variable of the application', async t => {
  for (const [source, kind] of [
    ['() => { found(errors) }', 'catalog'],
    ['() => { found(launchErrors) }', 'catalog'],
    ['() => { found(createError) }', 'library'],
    ['() => { found(Boom) }', 'library'],
    ['() => { found(NotFoundError) }', 'library'],
    ['() => { found(catalog) }', 'unknown'],
    ["() => { found(require('./errors')) }", 'unknown'],
    ["async () => { found(await import('./errors')) }", 'unknown'],
    ['() => { found(createCatalog()) }', 'invisible'],
    ['() => { found(this) }', 'invisible'],
    ['errors => { found(errors) }', 'invisible'],
    ['() => { const errors = Boom; found(errors) }', 'library'],
    ['() => { found([]) }', 'other']
  ] as const) {
    const { callee, context } = readCall(source)
    t.equal(classifyOwner(callee, 'clash', context), kind, source)
  }
})
