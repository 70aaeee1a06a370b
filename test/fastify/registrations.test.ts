/** Finds the registration of a scope or of a URL. */
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import { addRegistration, findByUrl, findOwner, getGivenOptions, isInside, isOwner, listRegistrations } from '../../lib/fastify/registrations.js'

async function build (prefixes: readonly string[]): Promise<[root: FastifyInstance, scopes: FastifyInstance[]]> {
  const app = Fastify()
  const scopes: FastifyInstance[] = []
  for (const prefix of prefixes) await app.register(async scope => { scopes.push(scope) }, { prefix })
  return [app, scopes]
}

t.test('a scope belongs to its nearest registration', async t => {
  const [app, [a, b]] = await build(['/a', '/b']) as [FastifyInstance, [FastifyInstance, FastifyInstance]]
  t.equal(findOwner(a), undefined)
  addRegistration(app, { format: 'code' })
  addRegistration(a, undefined)
  addRegistration(a, { format: 'problem' })
  t.strictSame([findOwner(app), findOwner(a), findOwner(b)].map(scope => [app, a, b].indexOf(scope as FastifyInstance)), [0, 1, 0])
  t.strictSame([isOwner(app, a), isOwner(a, a), isOwner(app, b)], [false, true, true])
  t.strictSame([getGivenOptions(app), getGivenOptions(a)], [{ format: 'code' }, undefined], 'the first registrations')
  t.equal(listRegistrations(app).length, 2)
  t.strictSame(listRegistrations(a).map(({ prefix }) => prefix), ['/a'])
  t.strictSame(listRegistrations(Fastify()), [])
  t.strictSame([isInside(a, app), isInside(app, a), isInside(a, a)], [true, false, true])
})

t.test('a URL belongs to the registration with the longest matching prefix', async t => {
  const [app, scopes] = await build(['/v2', '/v2/users', '', '/:tenant/x'])
  for (const scope of scopes) addRegistration(scope, {})
  addRegistration(app, {})
  const prefixOf = (url?: string): string | undefined => findByUrl(app.server, url)?.prefix
  for (const [url, prefix] of [
    ['/', ''], ['/v2', '/v2'], ['/v2/', '/v2'], ['/v2?a=/users', '/v2'], ['/v2#/users', '/v2'], ['/v20', ''], ['/v2/users/%zz', '/v2/users'], ['/v2/usersx', '/v2'],
    ['http://example.com/v2/y', '/v2'], ['/acme/x/1', '/:tenant/x'], ['*', ''], [undefined, '']
  ] as const) t.equal(prefixOf(url), prefix, String(url))
  t.equal(findByUrl(app.server, '/'), app, 'the outermost of two without a prefix')
})

t.test('if no prefix matches, the outermost registration responds', async t => {
  const [app, scopes] = await build(['/a/b', '/c'])
  t.equal(findByUrl(app.server, '/'), undefined)
  for (const scope of scopes) addRegistration(scope, {})
  t.equal(findByUrl(app.server, '/none')?.prefix, '/c')
  t.equal(findByUrl(app.server, '/a/b/c')?.prefix, '/a/b')
})
