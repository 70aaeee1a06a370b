/** Reads the body of a response within limits of size and time. */
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { readText } from '../../lib/client/read-text.js'

const limits = [10, 1000] as const

/** Returns a response whose body consists of chunks and stays open if it is not ended. `wasCancelled` is true if the reader cancelled it. */
function createResponse (chunks: readonly string[], isEnded = true): { readonly response: Response, readonly wasCancelled: () => boolean } {
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    start (controller) {
      for (const chunk of chunks) controller.enqueue(Buffer.from(chunk, 'latin1'))
      if (isEnded) controller.close()
    },
    cancel () { isCancelled = true }
  })
  return { response: new Response(body), wasCancelled: () => isCancelled }
}

t.test('a body within the limits is returned', async t => {
  t.equal(await readText(createResponse(['{"a":', '1}']).response, ...limits), '{"a":1}')
  t.equal(await readText(createResponse(['\xc3', '\xa9']).response, ...limits), 'é', 'a character in two chunks')
  t.equal(await readText(new Response(null), ...limits), '')
})

t.test('a body beyond a limit is canceled', async t => {
  const large = createResponse(['12345678', '12345678'], false)
  t.equal(await readText(large.response, ...limits), undefined)
  t.equal(large.wasCancelled(), true)
  const slow = createResponse(['1'], false)
  t.equal(await readText(slow.response, 10, 20), undefined)
  t.equal(slow.wasCancelled(), true)
})

t.test('a timeout longer than a timer allows waits, and does not keep the process running', async t => {
  for (const timeout of [Infinity, 2 ** 31, Number.MAX_VALUE]) {
    const body = new ReadableStream<Uint8Array>({
      async pull (controller) {
        await delay(20)
        controller.enqueue(Buffer.from('late'))
        controller.close()
      }
    })
    t.equal(await readText(new Response(body), 10, timeout), 'late', String(timeout))
  }
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'))
})

t.test('readText() returns undefined for a body that cannot be read', async t => {
  const used = new Response('text')
  await used.text()
  t.equal(await readText(used, ...limits), undefined)
  const failing = new Response(new ReadableStream({ pull () { throw new Error('cut off') } }))
  t.equal(await readText(failing, ...limits), undefined)
  const refusing = new Response(new ReadableStream({ pull () { return new Promise(() => {}) }, cancel () { throw new Error('no') } }))
  t.equal(await readText(refusing, 10, 20), undefined, 'even if cancelling fails')
})

t.test('the body is also read from a fetch implementation without web streams', async t => {
  const body = { getReader () { throw new TypeError('not a web stream') } }
  t.equal(await readText({ bodyUsed: false, body, text: async () => 'text' } as unknown as Response, ...limits), 'text')
})
