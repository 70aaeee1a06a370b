/** Syntax trees of functions and classes, and the names in them. */
import t from 'tap'
import { findInTree, getCalleeName, getLastName, getParameterNames, loadParser, parseClass, parseFunction, takesArguments, type FunctionNode } from '../../../lib/infer/code/parse-function.js'

t.before(loadParser)

const members = {
  method (request: unknown, { id }: { id?: string } = {}) { return [request, id] },
  async later (reply: unknown) { return reply },
  'computed name' (name: unknown) { return name }
}

t.test('a function of any form is parsed, with the names of its parameters', async t => {
  for (const [name, fn, parameters] of [
    ['an arrow function', (request: unknown) => request, ['request']],
    ['a function', function (request: unknown, reply: unknown) { return [request, reply] }, ['request', 'reply']],
    ['an async function', async function (request: unknown) { return request }, ['request']],
    ['a method', members.method, ['request', undefined]],
    ['an async method', members.later, ['reply']],
    ['a method with a computed name', members['computed name'], ['name']]
  ] as const) {
    const node = parseFunction(fn)
    t.strictSame(node === undefined ? undefined : getParameterNames({ params: node.params.map(param => param.type === 'AssignmentPattern' ? param.left : param) } as FunctionNode), parameters, name)
  }
})

t.test('a function without JavaScript source has no syntax tree', async t => {
  for (const fn of [members.method.bind(members), Math.max, {}, class Queue {}]) t.equal(parseFunction(fn), undefined)
})

t.test('a function takes arguments if it has parameters or reads all of them', async t => {
  for (const fn of [
    (request: unknown) => request, (...all: unknown[]) => all, (request = {}) => request, members.method, members.method.bind(members), function () { return arguments.length }
  ]) t.ok(takesArguments(fn), String(fn))
  for (const fn of [() => 'a', function () { return 'arguments' }, async () => {}]) t.notOk(takesArguments(fn), String(fn))
})

t.test('only a class is parsed as a class', async t => {
  t.equal(parseClass(class Queue {})?.type, 'ClassExpression')
  for (const fn of [() => {}, Math.max]) t.equal(parseClass(fn), undefined)
})

t.test('a call and an expression have a last name', async t => {
  for (const [fn, name] of [
    [(app: any) => app.httpErrors.notFound(), 'notFound'],
    [(app: any) => app.httpErrors['gone'](), 'gone'],
    [(notFound: any) => notFound(), 'notFound'],
    [(app: any, name: string) => app[name](), ''],
    [(app: any) => app()(), '']
  ] as const) {
    const names = findInTree(parseFunction(fn) as FunctionNode, node => node.type === 'CallExpression' ? [getCalleeName(node), getLastName(node.callee)] : undefined)
    t.strictSame(names, [name, name], fn.toString())
  }
})
