/** Groups the errors of a route by status. */
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { createGrouper, mergeIssues } from '../../lib/infer/group-by-status.js'

const reason = 'A fact.'

t.test('findings are grouped by status, in ascending order of status and code', async t => {
  const groups = createGrouper(standardErrors)([
    { code: 'validation_error', reason, issues: ['required'] }, { code: 'route_not_found', reason }, { code: 'resource_not_found', reason }, { code: 'validation_error', reason, issues: ['email'] }
  ])
  t.strictSame(groups.map(({ status, definitions, issues }) => ({ status, codes: definitions.map(({ code }) => code), issues: Object.fromEntries(issues) })), [
    { status: 404, codes: ['resource_not_found', 'route_not_found'], issues: { resource_not_found: undefined, route_not_found: undefined } },
    { status: 422, codes: ['validation_error'], issues: { validation_error: ['email', 'required'] } }
  ])
})

t.test('equal groups are the same object', async t => {
  const group = createGrouper(standardErrors)
  const found = { code: 'validation_error', reason, issues: ['required'] }
  const missing = { code: 'resource_not_found', reason }
  const first = group([found, missing])
  t.equal(group([{ ...found, reason: 'Another.' }, missing]), first, 'the same findings')
  t.equal(group([missing, found]), first, 'in another order')
  t.equal(group([missing])[0], first[0], 'a part of them')
  t.not(group([{ ...found, issues: [] }, missing])[1], first[1], 'other issues')
  t.not(group([{ code: 'validation_error', reason }, missing])[1], first[1], 'any issues')
})

t.test('a code has the issues of all findings, or any issue if one finding allows any', async t => {
  const merge = (...issues: Array<readonly string[] | undefined>): unknown => mergeIssues(issues.map(some => ({ code: 'a', issues: some }))).get('a')
  t.strictSame(merge(['b', 'a'], ['c', 'a']), ['a', 'b', 'c'])
  t.strictSame(merge([], []), [])
  t.equal(merge(['a'], undefined), undefined)
  t.equal(merge(undefined, ['a']), undefined)
})
