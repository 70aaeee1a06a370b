/** The error reference that the example serves: the index and every page, in each form. */
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'

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
