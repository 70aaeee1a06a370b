// Tests which values a variable of a function can have at a position.
import t from 'tap'
import { parseExpressionAt, type AnyNode } from 'acorn'
import { findLocalVariables } from '../../../lib/infer/code/local-variables.js'

/** Returns the values of the variable x at the comment of a function: the numbers, `?` for a value that is not visible, and `free`. */
function read (source: string): string {
  const variables = findLocalVariables(parseExpressionAt(source, 0, { ecmaVersion: 'latest' }))
  const values = variables.getValues('x', source.indexOf('/*'))
  return values === undefined ? 'free' : values.map(value => value === undefined ? '?' : print(value)).join(' ')
}

function print (node: AnyNode): string {
  if (node.type === 'MemberExpression') return `${print(node.object)}.${print(node.property)}`
  return node.type === 'Identifier' ? node.name : String((node as { readonly value?: unknown }).value)
}

t.test('a variable has the values that it gets before', async t => {
  for (const [source, expected] of [
    ['() => { /**/ }', 'free'],
    ['() => { x = 1; /**/ }', 'free'],
    ['x => { /**/ }', '?'],
    ['({ x, ...y }) => { /**/ }', '?'],
    ['([, x = 1]) => { /**/ }', '?'],
    ['function x () { /**/ }', 'free'],
    ['() => { function x () {} /**/ }', '?'],
    ['() => { class x {} /**/ }', '?'],
    ['() => { const x = 1; /**/ }', '1'],
    ['() => { { const x = 1 } /**/ }', 'free'],
    ['() => { { var x = 1 } /**/ }', '1'],
    ['() => { /**/ const x = 1 }', ''],
    ['() => { let x; /**/ }', '?'],
    ['() => { let x; x = 1; /**/ }', '1'],
    ['() => { let x = 1; x = 2; /**/ }', '2'],
    ['a => { let x = 1; if (a) x = 2; /**/ }', '1 2'],
    ['a => { let x = 1; if (a) x = 2; else x = 3; /**/ }', '1 2 3'],
    ['a => { let x = 1; if (a) { x = 2; /**/ } }', '2'],
    ['a => { let x = 1; a && (x = 2); /**/ }', '1 2'],
    ['a => { let x = 1; a ? x = 2 : 3; /**/ }', '1 2'],
    ['a => { let x = 1; x ||= a; /**/ }', '1 a'],
    ['a => { let x = 1; while (a) x = 2; /**/ }', '1 2'],
    ['a => { let x = 1; for (;a;) x = 2; /**/ }', '1 2'],
    ['a => { let x = 1; for (const y of a) x = 2; /**/ }', '1 2'],
    ['a => { let x = 1; switch (a) { case 1: x = 2 } /**/ }', '1 2'],
    ['a => { let x = 1; try { x = 2 } catch { x = 3 } /**/ }', '1 2 3'],
    ['a => { let x = 1; try { a() } finally { x = 3 } /**/ }', '3'],
    ['a => { let x = 1; a.map(() => { x = 2 }); /**/ }', '1 2'],
    ['a => { for (const x of a) { /**/ } }', '?'],
    ['a => { for (const x in a) { /**/ } }', '?'],
    ['a => { let x = 1; for (x of a) { /**/ } }', '?'],
    ['a => { let x = 1; for (x of a); /**/ }', '1 ?'],
    ['a => { for (a.b of a) { let x = 1; /**/ } }', '1'],
    ['a => { for (a.b in a) { let x = 1; /**/ } }', '1'],
    ['a => { try { a() } catch (x) { /**/ } }', '?'],
    ['a => { const { x } = a; /**/ }', 'a.x'],
    ['a => { const { b: { c: x } } = a; /**/ }', 'a.b.c'],
    ['a => { const { x = 1 } = a; /**/ }', '?'],
    ["a => { const { 'b': x } = a; /**/ }", '?'],
    ['(a, b) => { const { [b]: x } = a; /**/ }', '?'],
    ['a => { const [, x] = a; /**/ }', '?'],
    ['a => { const { ...x } = a; /**/ }', '?'],
    ['a => { let x; ({ x } = a); /**/ }', 'a.x'],
    ['a => { let x = 1; a.x = 2; /**/ }', '1']
  ] as const) t.equal(read(source), expected, source)
})

t.test('only a variable with a single value is constant', async t => {
  for (const [source, expected] of [
    ['() => { const x = 1; /**/ }', 1],
    ['() => { let x = 1; /**/ x = 2 }', undefined],
    ['() => { let x; /**/ }', undefined],
    ['() => { var x = /**/ x || 1 }', undefined],
    ['() => { use(() => /**/ x); const x = 1 }', undefined],
    ['() => { /**/ }', undefined]
  ] as const) {
    const value = findLocalVariables(parseExpressionAt(source, 0, { ecmaVersion: 'latest' })).getOnlyValue('x', source.indexOf('/*'))
    t.equal((value as { readonly value?: unknown } | undefined)?.value, expected, source)
  }
})
