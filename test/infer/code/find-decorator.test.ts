/** The decorators that code uses. */
import t from 'tap'
import { parseExpressionAt, type MemberExpression } from 'acorn'
import { findDecorator, getMethod } from '../../../lib/infer/code/find-decorator.js'

t.test('decorators of requests and of the application are found, with the methods of their objects', t => {
  const decorators: Readonly<Record<string, unknown>> = { 'request.load': 1, 'app.load': 2, 'app.users': { find: 3 }, 'app.onlyApp': 4 }
  for (const [code, expected] of [
    ['request.load', 1],
    ['req.load', 1],
    ['r.load', 1],
    ['this.load', 1],
    ['this.onlyApp', 4],
    ['app.load', 2],
    ['users.find', 3],
    ['app.users.find', 3],
    ['request.server.load', 2],
    ['users.remove', undefined],
    ['other.find', undefined],
    ['request.onlyApp', undefined],
    ['app["users"].find', undefined],
    ['getApp().find', undefined]
  ] as const) {
    const { object, property } = parseExpressionAt(code, 0, { ecmaVersion: 'latest' }) as MemberExpression
    t.equal(findDecorator(object, 'name' in property ? property.name : '', 'r', (owner, name) => decorators[`${owner}.${name}`]), expected, code)
  }
  t.end()
})

t.test('getMethod() finds methods of objects, classes and functions, and calls no getter', t => {
  const find = (): void => {}
  class Users { find = find }
  class Base { search (): void {} }
  class Members extends Base { get load (): () => void { throw new Error('the getter was called') } }
  t.equal(getMethod({ find }, 'find'), find)
  t.equal(getMethod(new Users(), 'find'), find)
  t.equal(getMethod(new Members(), 'search'), Base.prototype.search)
  t.equal(getMethod(Object.assign(() => {}, { find }), 'find'), find)
  t.equal(getMethod(new Members(), 'load'), undefined)
  t.equal(getMethod(undefined, 'find'), undefined)
  t.end()
})
