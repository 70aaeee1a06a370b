/** The error reference that the example serves: the index and every page, in each form. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'
import { demo, demoKeys } from '../../examples/launch/seed.js'

t.test('the example serves its complete reference', async t => {
  const app = await createApp()
  t.teardown(() => app.close())
  await app.ready()
  const codes = Object.keys(app.apiErrors.errors)
  t.ok(codes.includes('already_in_queue'), 'with its own codes')
  for (const path of ['/errors', ...codes.map(code => `/errors/${code}`)]) {
    for (const mediaType of ['text/html', 'text/markdown', 'application/json']) {
      const { statusCode, headers, body } = await app.inject({ url: path, headers: { accept: mediaType } })
      t.strictSame({ statusCode, type: headers['content-type'] }, { statusCode: 200, type: `${mediaType}; charset=utf-8` }, `${path} as ${mediaType}`)
      const name = path.slice('/errors/'.length)
      t.ok(body.includes(name === '' ? 'already_in_queue' : name), `${path} names its code`)
    }
  }
})

t.test('the reference of the example has a logo, a changelog and a deprecated code', async t => {
  const app = await createApp()
  t.teardown(() => app.close())
  const changelog = await app.inject({ url: '/errors/changelog', headers: { accept: 'application/json' } })
  t.strictSame(changelog.json(), JSON.parse(readFileSync(new URL('../../examples/launch/errors.changelog.json', import.meta.url), 'utf8')))
  const { body } = await app.inject({ url: '/errors/already_registered', headers: { accept: 'text/html' } })
  const [, logo = ''] = /<img src="([^"]+)"/.exec(body) ?? []
  const { statusCode, headers } = await app.inject(logo)
  t.strictSame({ statusCode, type: headers['content-type'] }, { statusCode: 200, type: 'image/svg+xml' })
  t.match(body, 'The API stops sending it on 2027-10-01.')
})

t.test('the example streams the entries of a queue', async t => {
  const app = await createApp()
  t.teardown(() => app.close())
  const url = `/queues/${demo.queue}/entries`
  const headers = { authorization: `Bearer ${demoKeys.full.key}` }
  const response = await app.inject({ url, headers })
  t.equal(response.headers['content-type'], 'application/x-ndjson')
  t.match(JSON.parse(response.body.trim()), { id: String, email: demo.email })
})
