/** The reference pages in a real browser: search, keyboard, copy, accessibility. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import t from 'tap'
import { absent } from '../../helpers/absent.js'
import { startChromium } from '../helpers/chromium.js'
import { build } from '../../reference/app.js'
import { referenceFiles } from '../../../lib/reference/reference-files.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const browser = await startChromium()
if (browser === undefined) absent(t, 'chromium is not installed')
else await tryIn(browser)

async function tryIn (browser: Browser): Promise<void> {
  const changelog = {
    version: 1,
    entries: [{ date: '2030-01-31', changes: [{ severity: 'breaking', subject: 'queue_closed', explanation: 'the code was removed.' }, { severity: 'fine', subject: 'already_in_queue', explanation: 'the code is new.' }] }]
  } as const
  const app = await build({ format: 'problem', reference: { path: '/errors', title: 'Errors of the Queue API', support: 'https://example.com/help', changelog, live: true } })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await browser.close()
    await app.close()
  })

  /** Opens a page in its own window, and collects its console messages. A file that does not load is one of them. */
  async function open (path: string, options: BrowserContextOptions = {}): Promise<{ readonly page: Page, readonly complaints: string[] }> {
    const context = await browser.newContext(options)
    const complaints: string[] = []
    context.on('console', message => complaints.push(message.text()))
    context.on('weberror', fault => complaints.push(String(fault.error())))
    const page = await context.newPage()
    await page.goto(address + path)
    return { page, complaints }
  }

  const shown = (page: Page): Promise<string[]> => page.locator('.codes li:visible code').allTextContents()
  const pathOf = (page: Page): string => page.url().slice(address.length)

  t.test('links lead from the OpenAPI pages to the reference, and to the page of a code', async t => {
    const { page, complaints } = await open('/docs')
    const [reference] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'The errors of this API' }).click()])
    await reference.waitForURL('**/errors')
    t.equal(await reference.title(), 'Errors of the Queue API')
    await reference.getByRole('link', { name: 'already_in_queue' }).click()
    t.equal(pathOf(reference), '/errors/already_in_queue')
    t.equal(await reference.getByRole('heading', { level: 1 }).textContent(), 'Already in queue')
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('the search and the filter by status hide all other codes', async t => {
    const { page, complaints } = await open('/errors')
    const all = Object.keys(app.apiErrors.errors).length
    t.equal(await page.getByRole('status').textContent(), `${all} of ${all} codes`)

    await page.getByLabel('Search').fill('api key')
    t.strictSame(await shown(page), ['invalid_api_key', 'missing_api_key', 'api_key_expired', 'api_key_revoked', 'ip_not_allowed'])
    t.equal(await page.getByRole('status').textContent(), `5 of ${all} codes`)
    const headings = ['401 Unauthorized', 'Not in use', 'Fields of every error']
    t.strictSame(await page.locator('h2:visible').allTextContents(), headings)
    t.strictSame(await page.locator('.contents a:visible').allTextContents(), headings, 'the contents list the same sections')

    await page.getByLabel('Status').selectOption('403')
    t.strictSame(await shown(page), ['ip_not_allowed'])
    t.equal(pathOf(page), '/errors?q=api+key&status=403')

    await page.getByLabel('Search').fill('')
    await page.getByLabel('Status').selectOption('5xx: server errors')
    t.strictSame(await shown(page), [
      'internal_error', 'service_unavailable',
      'not_implemented', 'bad_gateway', 'gateway_timeout', 'http_version_not_supported', 'variant_also_negotiates',
      'insufficient_storage', 'loop_detected', 'not_extended', 'network_authentication_required'
    ])

    await page.getByLabel('Search').fill('no such thing')
    t.strictSame(await shown(page), [])
    t.ok(await page.getByText('No code matches.').isVisible())
    t.strictSame(await page.locator('.contents a:visible').allTextContents(), ['Fields of every error'])

    await page.getByLabel('Search').fill('')
    await page.getByLabel('Status').selectOption('All')
    t.strictSame(await page.locator('.contents a:visible').allTextContents(), await page.locator('h2:visible').allTextContents())
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('the URL keeps the search, for links and for the back button', async t => {
    const { page } = await open('/errors?q=409&status=4')
    t.equal(await page.getByLabel('Search').inputValue(), '409')
    t.equal((await shown(page))[0], 'already_in_queue')
    await page.getByRole('link', { name: 'already_in_queue' }).click()
    await page.goBack()
    t.equal(await page.getByLabel('Search').inputValue(), '409')
    await page.goto(`${address}/errors?status=nonsense`)
    t.equal(await page.getByLabel('Status').inputValue(), '')
    await page.context().close()
  })

  t.test('the type of a response is the URL of its page', async t => {
    const response = await fetch(`${address}/queues/7`, { headers: { authorization: 'Bearer YOUR_KEY' } })
    const { type } = await response.json() as { readonly type: string }
    const { page, complaints } = await open(new URL(type, response.url).pathname)
    t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Resource not found')
    t.match(await page.locator('.tab pre').first().textContent(), 'curl -i')
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('a page can be used with the keyboard alone', async t => {
    const { page, complaints } = await open('/errors')
    await page.keyboard.press('Tab')
    t.equal(await page.locator(':focus').textContent(), 'Skip to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    t.equal(await page.locator(':focus').getAttribute('id'), 'search')
    await page.keyboard.press('Tab')
    t.equal(await page.locator(':focus').getAttribute('id'), 'status')
    await page.keyboard.press('Tab')
    t.equal(await page.locator(':focus').textContent(), 'Copy as Markdown')
    await page.keyboard.press('Tab')
    t.equal(await page.locator(':focus').textContent(), '400 Bad Request')
    await page.keyboard.press('/')
    t.equal(await page.locator(':focus').getAttribute('id'), 'search')
    await page.keyboard.type('rate/limit')
    t.equal(await page.getByLabel('Search').inputValue(), 'rate/limit', 'a slash in the search is a slash')
    await page.getByLabel('Search').press('Control+a')
    await page.keyboard.type('rate limit')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/errors/rate_limit_exceeded')
    const links: unknown[] = []
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Tab')
      links.push(await page.locator(':focus').textContent())
    }
    t.strictSame(links, ['Skip to the content', 'Live errors', 'Changes', 'Contact support', 'Errors of the Queue API'])
    await page.keyboard.press('Enter')
    await page.waitForURL('**/errors')
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('an example can be copied', async t => {
    const { page, complaints } = await open('/errors/missing_api_key', { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.locator('.tab').first().getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    t.equal(await page.evaluate('navigator.clipboard.readText()'), `curl -i '${address}/queues/1'`)
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('the copy button does not cover the code, wide and narrow', async t => {
    for (const width of [1200, 390]) {
      const { page } = await open('/errors/validation_error', { viewport: { width, height: 900 } })
      const covered = await page.evaluate(`[...document.querySelectorAll('.code')].filter(block => block.checkVisibility()).map(block => {
        const text = document.createRange()
        text.selectNodeContents(block.querySelector('pre'))
        return block.querySelector('.copy').getBoundingClientRect().bottom > text.getBoundingClientRect().top
      })`) as boolean[]
      t.ok(covered.length > 1, `${covered.length} blocks`)
      t.strictSame(covered.filter(Boolean), [], `${width} pixels`)
      await page.context().close()
    }
  })

  t.test('a page can be copied as Markdown', async t => {
    for (const [path, file] of [['/errors/missing_api_key', '/errors/missing_api_key.md'], ['/errors', '/errors/index.md']] as const) {
      const { page, complaints } = await open(path, { permissions: ['clipboard-read', 'clipboard-write'] })
      await page.getByRole('button', { name: 'Copy as Markdown' }).click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      t.equal(await page.evaluate('navigator.clipboard.readText()'), await (await fetch(address + file)).text())
      t.strictSame(complaints, [])
      await page.context().close()
    }
  })

  t.test('without JavaScript, every code is shown, and nothing that needs JavaScript', async t => {
    const { page, complaints } = await open('/errors', { javaScriptEnabled: false })
    t.equal((await shown(page)).length, Object.keys(app.apiErrors.errors).length)
    t.equal(await page.getByLabel('Search').isVisible(), false)
    await page.getByRole('link', { name: 'validation_error' }).click()
    t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Validation error')
    t.equal(await page.getByRole('button').count(), 0)
    const getTexts = async (): Promise<string[]> => (await page.locator('.tab:visible code').allTextContents()).map(text => text.slice(0, 4))
    t.strictSame(await getTexts(), ['curl'])
    await page.locator('label', { hasText: 'Python' }).click()
    t.strictSame(await getTexts(), ['from'])
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('the language of the examples, by keyboard, and it is remembered', async t => {
    const { page, complaints } = await open('/errors/missing_api_key')
    await page.getByLabel('curl').focus()
    await page.keyboard.press('ArrowRight')
    t.match(await page.locator('.tab:visible').textContent(), "from 'fastify-api-errors/client'")
    await page.getByRole('link', { name: 'invalid_api_key' }).click()
    await page.waitForURL('**/errors/invalid_api_key')
    t.equal(await page.getByLabel('JavaScript').isChecked(), true)
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('a route links to its operation in swagger-ui', async t => {
    const { page } = await open('/errors/already_in_queue')
    await page.getByRole('link', { name: 'POST /queues/{id}/entries' }).click()
    const operation = page.locator('.opblock.is-open')
    await operation.waitFor()
    t.equal(await operation.getAttribute('id'), 'operations-default-post_queues__id__entries')
    await page.context().close()
  })

  t.test('on a phone, the example comes before the tables', async t => {
    const { page } = await open('/errors/already_in_queue', { viewport: { width: 360, height: 740 } })
    const top = async (selector: string): Promise<number> => (await page.locator(selector).first().boundingBox())?.y ?? NaN
    t.ok(await top('#example') < await top('table'))
    t.ok(await top('#request') < await top('table'))
    t.ok(await top('#action') < await top('#example'))
    await page.context().close()
  })

  t.test('no word is broken in the middle', async t => {
    for (const path of ['/errors', '/errors/already_in_queue', '/errors/validation_error', '/errors/live']) {
      const { page } = await open(path, { viewport: { width: 360, height: 740 } })
      const broken = await page.evaluate<string[]>(`(() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        const found = []
        while (walker.nextNode()) {
          const node = walker.currentNode
          if (node.parentElement.closest('script, [hidden]') !== null) continue
          for (const { 0: word, index } of node.data.matchAll(/\\w+/g)) {
            const range = document.createRange()
            range.setStart(node, index)
            range.setEnd(node, index + word.length)
            if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word)
          }
        }
        return found
      })()`)
      t.strictSame(broken, [], path)
      await page.context().close()
    }
  })

  t.test('a printed page has the examples of every language, and nothing to click', async t => {
    const { page } = await open('/errors/already_in_queue')
    await page.emulateMedia({ media: 'print' })
    t.strictSame(await page.locator('.tab:visible h3').allTextContents(), ['curl', 'JavaScript', 'Python'])
    t.equal(await page.locator('button:visible, label:visible, nav:visible').count(), 0)
    t.ok(await page.locator('#routes').isVisible())
    const pdf = await page.pdf()
    t.match(pdf.subarray(0, 5).toString(), '%PDF-')
    await page.goto(`${address}/errors`)
    t.equal(await page.locator('form:visible').count(), 0)
    t.equal((await shown(page)).length, Object.keys(app.apiErrors.errors).length)
    await page.context().close()
  })

  t.test('the search works in files', async t => {
    const folder = t.testdir()
    for (const { name, content } of referenceFiles(app.apiErrors.reference(), address)) writeFileSync(join(folder, name), content)
    const { page, complaints } = await open('/errors')
    await page.goto(String(pathToFileURL(join(folder, 'index.html'))))
    await page.getByLabel('Search').fill('already place')
    t.strictSame(await shown(page), ['already_in_queue'])
    await page.keyboard.press('Enter')
    await page.waitForURL('**/already_in_queue.html')
    await page.locator('label', { hasText: 'Python' }).click()
    t.match(await page.locator('.tab:visible').textContent(), 'urlopen(request)')
    t.strictSame(complaints, [])
    await page.context().close()
  })

  t.test('the live page shows each new error, filters and sorts them, and survives a restart', async t => {
    const live = await build({ reference: { path: '/errors', live: true } })
    const liveAddress = await live.listen({ host: '127.0.0.1', port: 0 })
    t.teardown(() => live.close())
    const { page } = await open('/errors')
    const complaints: string[] = []
    page.on('console', message => complaints.push(message.text()))
    await page.goto(`${liveAddress}/errors`)
    await page.getByRole('link', { name: 'Live errors' }).click()
    await page.getByText('No errors have been sent yet.').waitFor()

    const ids: string[] = []
    const send = async (path: string): Promise<void> => { ids.push(String((await fetch(liveAddress + path)).headers.get('x-request-id'))) }
    for (const path of ['/queues/1', '/queues/1', '/nothing', '/broken']) await send(path)
    const codes = async (): Promise<string[]> => await page.locator('.live tbody tr:visible td:nth-child(2) code').allTextContents()
    await page.locator('.live tbody tr').nth(2).waitFor()
    t.strictSame((await codes()).sort(), ['missing_api_key', 'missing_api_key', 'route_not_found'])
    t.equal(await page.getByText('3 of 3 kinds of errors').isVisible(), true)

    await page.getByLabel('Search').fill(String(ids[1]))
    t.strictSame(await codes(), ['missing_api_key'])
    t.equal(await page.locator('.live tbody tr:visible td').nth(0).textContent(), 'GET /queues/{id}')
    t.match(await page.locator('.live tbody tr:visible td').nth(2).textContent(), /^2 timeslast \d/)
    await send('/queues/1')
    await page.getByText('3 times').waitFor()
    await page.getByLabel('Search').fill('')

    await page.getByLabel('Order').selectOption('count')
    t.equal((await codes())[0], 'missing_api_key')
    await page.getByLabel('Order').selectOption('route')
    t.equal((await codes())[0], 'route_not_found')
    await page.getByLabel('Status').selectOption('5xx: server errors')
    await page.getByText('No error matches.').waitFor()
    await page.getByLabel('Status').selectOption('')
    await page.getByLabel('Documentation').selectOption('Undocumented')
    t.strictSame(await codes(), [])
    await page.getByLabel('Documentation').selectOption('')
    await page.getByRole('link', { name: 'route_not_found' }).click()
    await page.waitForURL('**/errors/route_not_found')

    await page.goto(`${liveAddress}/errors/live?q=${ids[2]}`)
    t.strictSame(await codes(), ['route_not_found'])
    t.strictSame(complaints, [])
    await live.close()
    await page.getByText('The server does not respond. Trying again.').waitFor()
    await page.context().close()
  })

  t.test('the live page says if it may no longer be read', async t => {
    let isAllowed = true
    const live = await build({ reference: { path: '/errors', live: () => isAllowed } })
    t.teardown(() => live.close())
    const { page } = await open('/errors')
    await page.goto(`${await live.listen({ host: '127.0.0.1', port: 0 })}/errors/live`)
    isAllowed = false
    await page.getByText('The server rejected the last update with status 404. Reload the page.').waitFor()
    await page.context().close()
  })

  t.test('axe finds no violation, wide and narrow, light and dark, and no page is wider than the window', async t => {
    for (const path of ['/errors', '/errors/already_in_queue', '/errors/rate_limit_exceeded', '/errors/changelog', '/errors/live']) {
      const { page, complaints } = await open(path)
      await page.evaluate(axe)
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const viewport of [{ width: 1360, height: 900 }, { width: 360, height: 740 }]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(viewport)
          const { violations } = await page.evaluate<AxeResults>('axe.run()')
          t.strictSame(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })), [], `${path} ${colorScheme} ${viewport.width}`)
          t.equal(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'), true, path)
        }
      }
      t.strictSame(complaints, [])
      await page.context().close()
    }
  })

  t.test('both color schemes work', async t => {
    const background = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      const { page } = await open('/errors', { colorScheme })
      const color = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
      await page.context().close()
      return color
    }
    t.equal(await background('light'), 'rgb(255, 255, 255)')
    t.equal(await background('dark'), 'rgb(18, 21, 26)')
  })
}
