// Tests expressions of literals, and the code that they exclude.
import t from 'tap'
import { parseExpressionAt, type AnyNode } from 'acorn'
import { evaluateLiteral, listReachable } from '../../../lib/infer/code/literal-values.js'
import { findLocalVariables, type LocalVariables } from '../../../lib/infer/code/local-variables.js'
import { findInTree } from '../../../lib/infer/code/parse-function.js'

function parse (source: string): { body: AnyNode, variables: LocalVariables } {
  const fn = parseExpressionAt(`() => {${source}}`, 0, { ecmaVersion: 'latest' })
  return { body: (fn as unknown as { body: AnyNode }).body, variables: findLocalVariables(fn) }
}

t.test('an expression of literals has a value, and any other expression does not', async t => {
  for (const [source, expected] of [
    ["'a'", { value: 'a' }], ['`a`', { value: 'a' }], ['`${a}`', undefined], ['a', undefined], ['a()', undefined], // eslint-disable-line no-template-curly-in-string
    ['!0', { value: true }], ['!a', undefined], ['-1', undefined],
    ['1 && 2', { value: 2 }], ['0 && a', { value: 0 }], ['1 && a', undefined], ['a && 1', undefined],
    ['1 || a', { value: 1 }], ["0 || 'b'", { value: 'b' }],
    ['null ?? 1', { value: 1 }], ['0 ?? 1', { value: 0 }],
    ["'a' === 'b'", { value: false }], ["'a' !== 'b'", { value: true }], ["a === 'b'", undefined], ["'a' === b", undefined], ['1 < 2', undefined]
  ] as const) {
    const { body, variables } = parse(`return ${source}`)
    const expression = findInTree(body, node => node.type === 'ReturnStatement' ? node.argument ?? undefined : undefined) as AnyNode
    t.strictSame(evaluateLiteral(expression, variables), expected, source)
  }
})

t.test('a variable whose value contains the variable itself has no literal value', async t => {
  for (const source of ['var x = x || false; return x', 'var x = !x; return x', 'var x = y, y = x; return y', 'let x = false; x = !x; return x']) {
    const { body, variables } = parse(source)
    const expression = findInTree(body, node => node.type === 'ReturnStatement' ? node.argument ?? undefined : undefined) as AnyNode
    t.equal(evaluateLiteral(expression, variables), undefined, source)
  }
})

/** Returns the names of the functions that a piece of code can call. */
function listCalls (node: AnyNode, variables: LocalVariables): string {
  const own = node.type === 'CallExpression' && node.callee.type === 'Identifier' ? node.callee.name : ''
  return own + listReachable(node, variables).map(child => listCalls(child, variables)).join('')
}

t.test('code that cannot run is not listed', async t => {
  for (const [source, expected] of [
    ['if (a()) b(); else c()', 'abc'],
    ['if (true) b(); else c()', 'b'],
    ['if (false) b(); else c()', 'c'],
    ['if (false) b()', ''],
    ['const isOpen = false; if (isOpen) b(); c()', 'c'],
    ['a() ? b() : c()', 'abc'],
    ["'a' === 'b' ? b() : c()", 'c'],
    ['a() && b(); a() || b()', 'abab'],
    ['false && b(); true || c(); 1 ?? d()', ''],
    ['true && b(); false || c(); null ?? d()', 'bcd'],
    ['while (a()) b()', 'ab'],
    ['while (true) b()', 'b'],
    ['while (false) b()', ''],
    ['return a(); b()', 'a'],
    ['throw a(); b()', 'a'],
    ['for (;;) { a(); break; b() } c()', 'ac'],
    ['for (;;) { a(); continue; b() }', 'a'],
    ['{ return } b()', ''],
    ['if (a()) return; b()', 'ab'],
    ['if (a()) return; else throw c(); b()', 'ac'],
    ['if (a()) return; else c(); b()', 'acb'],
    ['if (true) return; b()', ''],
    ['if (false) return; b()', 'b'],
    ['return; function run () { b() }', 'b']
  ] as const) {
    const { body, variables } = parse(source)
    t.equal(listCalls(body, variables), expected, source)
  }
})
