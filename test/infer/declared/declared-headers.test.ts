/** The headers that hooks and scopes declare for routes. */
import t from 'tap'
import { declareHeaders, findDeclaredHeaders } from '../../../lib/infer/declared/declared-headers.js'

t.test('a route has the headers that its scopes and hooks declare for its method', async t => {
  const [scope, hook] = [{}, () => {}]
  const header = (name: string): { name: string, description: string, schema: Record<string, unknown>, example: string } => ({ name, description: `The header ${name}.`, schema: { type: 'string' }, example: 'a' })
  const required = { ...header('X-Required'), required: true }
  declareHeaders(scope, { request: [required], response: [], hasMethod: method => method === 'POST' })
  declareHeaders(hook, { request: [], response: [header('X-First')], hasMethod: () => true })
  declareHeaders(hook, { request: [], response: [header('X-Second')], hasMethod: () => true })
  const targets = [scope, hook, {}].map(target => ({ target, subject: 'A hook' }))
  t.strictSame(findDeclaredHeaders(targets, 'POST'), { request: [required], response: [header('X-First'), header('X-Second')] })
  t.strictSame(findDeclaredHeaders(targets, 'GET'), { request: [], response: [header('X-First'), header('X-Second')] })
  t.strictSame(findDeclaredHeaders([], 'GET'), { request: [], response: [] })
})
