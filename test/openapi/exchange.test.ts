import t from 'tap'
import { Type } from '@sinclair/typebox'
import type { RouteOptions } from 'fastify'
import { defineFormat } from 'fastify-api-errors'
import { createApp, documentOf } from './documents.js'

/** A format that counts how often a schema of it is made. */
function countingFormat () {
  const made = { count: 0 }
  const format = defineFormat({
    name: 'counting',
    fields: {
      message: {
        schema () {
          made.count++
          return Type.String()
        },
        value: answer => answer.message
      }
    }
  })
  return { format, made }
}

t.test('no schema of an error is made before a document is asked for, and none is kept with swaggerOptions()', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const { format, made } = countingFormat()
    const noted: RouteOptions[] = []
    let registered = 0
    const app = await createApp({ wiring, plugin: { format } }, app => {
      app.addHook('onRoute', route => { noted.push(route) })
      app.post('/things/:id', { schema: { body: Type.Object({ name: Type.String() }) } }, async () => ({}))
      registered = made.count
    })
    t.teardown(() => app.close())
    t.equal(made.count, registered, `${wiring}: ready() makes none`)
    documentOf(app)
    t.ok(made.count > registered, `${wiring}: the document does`)
    const documented = made.count
    t.strictSame(Object.keys(noted[0]?.schema?.response as object), ['200', '400', '404', '413', '415', '422', '500'])
    t.equal(made.count > documented, wiring === 'swagger first', `${wiring}: what the route would say is made when it is read`)
  }
})
