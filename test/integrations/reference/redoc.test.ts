/** The links from the reference pages to Redoc, as docs/reference-pages.md configures them, in a real browser. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import type { Browser } from 'playwright-core'
import t from 'tap'
import apiErrors, { standardErrors as errors, swaggerOptions } from 'fastify-api-errors'
import { absent } from '../../helpers/absent.js'
import { startChromium } from '../helpers/chromium.js'

const page = '<!doctype html><meta charset="utf-8"><redoc spec-url="/openapi.json"></redoc><script src="/redoc.js"></script>'
const script = readFileSync(createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js'))

const browser = await startChromium()
if (browser === undefined) absent(t, 'chromium is not installed')
else await tryIn(browser)

async function tryIn (browser: Browser): Promise<void> {
  const app = Fastify()
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info: { title: 'Queue API', version: '1.0.0' } } }))
  await app.register(apiErrors, {
    log: false,
    reference: { path: '/errors', operationUrl: ({ operationId }) => operationId && `/docs#operation/${operationId}` }
  })
  const hide = { schema: { hide: true } as object }
  app.get('/docs', hide, (_request, reply) => reply.type('text/html').send(page))
  app.get('/redoc.js', hide, (_request, reply) => reply.type('text/javascript').send(script))
  app.get('/openapi.json', hide, async () => app.swagger())
  for (let count = 1; count <= 10; count++) app.get(`/lists/${count}`, { schema: { operationId: `getList${count}` } as object }, async () => [])
  app.get('/queues/:id', { schema: { operationId: 'getQueue' } as object }, async () => { throw errors.resource_gone() })
  app.post('/queues/:id/entries', { schema: { operationId: 'joinQueue', tags: ['Queue entries'] } as object }, async () => { throw errors.resource_gone() })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await browser.close()
    await app.close()
  })

  for (const [route, operation] of [['GET /queues/{id}', 'getQueue'], ['POST /queues/{id}/entries', 'joinQueue']] as const) {
    t.test(`the link of ${route} shows the operation in Redoc`, async t => {
      const opened = await browser.newPage({ viewport: { width: 1200, height: 700 } })
      await opened.goto(`${address}/errors/resource_gone`)
      await opened.getByRole('link', { name: route }).click()
      const heading = opened.getByRole('heading', { name: operation })
      await heading.waitFor()
      // Redoc scrolls to the operation when it has drawn the whole document.
      await opened.waitForFunction('scrollY > 0')
      const { y = NaN } = await heading.boundingBox() ?? {}
      t.ok(y >= 0 && y < 700, `the heading is in the window, at ${y}`)
      await opened.close()
    })
  }
}
