/** Properties of the syntax tree. */
import t from 'tap'
import ts from 'typescript'
import { findUp, getParameters, isAsync, isGenerator, isNodeCallback, isReadonly, isStatic, shorten, unwrap } from '../../../lib/source/interpreter/syntax.js'
import type { FunctionNode } from '../../../lib/source/project.js'
import type { FunctionValue } from '../../../lib/source/values.js'

/** Parses a statement, and returns the first node of a kind. */
function find<T extends ts.Node> (source: string, is: (node: ts.Node) => node is T): T {
  const search = (node: ts.Node): T | undefined => is(node) ? node : ts.forEachChild(node, search)
  const found = search(ts.createSourceFile('app.ts', source, ts.ScriptTarget.Latest, true))
  if (found === undefined) throw new Error(`${source} has no such node`)
  return found
}

const functionOf = (source: string): FunctionNode => find(source, ts.isFunctionDeclaration)

t.test('modifiers are read from members and functions', async t => {
  const memberOf = (source: string): ts.PropertyDeclaration => find(`class Queue { ${source} }`, ts.isPropertyDeclaration)
  t.strictSame([isStatic(ts, memberOf('static size = 1')), isStatic(ts, memberOf('size = 1'))], [true, false])
  t.strictSame([isReadonly(ts, memberOf('readonly size = 1')), isReadonly(ts, memberOf('size = 1'))], [true, false])
  t.strictSame([isAsync(ts, functionOf('async function find () {}')), isAsync(ts, functionOf('function find () {}'))], [true, false])
  t.strictSame([isGenerator(functionOf('function * find () {}')), isGenerator(functionOf('function find () {}'))], [true, false])
})

t.test('the parameter `this` receives no argument', async t => {
  t.strictSame(getParameters(functionOf('function find (this: Queue, id: string, { limit }: Options) {}')).map(({ name }) => name.getText()), ['id', '{ limit }'])
})

t.test('a function whose first parameter is an error, and which has others, is a Node callback', async t => {
  for (const [source, expected] of [
    ['function done (error, rows) {}', true],
    ['function done (_err, rows) {}', true],
    ['function done (error) {}', false],
    ['function done (rows, fields) {}', false],
    ['function done ({ error }, rows) {}', false],
    ['function done () {}', false]
  ] as const) t.equal(isNodeCallback(ts, { node: functionOf(source) } as FunctionValue), expected, source)
})

t.test('parentheses and assertions around an expression are ignored', async t => {
  for (const source of ['queue', '(queue)', 'queue!', 'queue as Queue', 'queue satisfies Queue', '((queue as any)!)']) {
    t.equal(unwrap(ts, find(source, ts.isExpressionStatement).expression).getText(), 'queue', source)
  }
})

t.test('the closest surrounding node of a kind is found', async t => {
  const name = find('function outer () { function inner () { queue } }', (node): node is ts.Identifier => ts.isIdentifier(node) && node.text === 'queue')
  t.equal(findUp(name, ts.isFunctionDeclaration)?.name?.text, 'inner')
  t.equal(findUp(name, ts.isIdentifier), name, 'the node itself')
  t.equal(findUp(name, ts.isClassDeclaration), undefined)
})

t.test('the source in a message is one line of at most 60 characters', async t => {
  t.equal(shorten('find(\n  id\n)'), 'find( id )')
  t.equal(shorten('a'.repeat(60)), 'a'.repeat(60))
  t.equal(shorten('a'.repeat(61)), `${'a'.repeat(57)}...`)
})
