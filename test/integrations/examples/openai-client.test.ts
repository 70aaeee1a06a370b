/** The OpenAI client, which follows `X-Should-Retry` and `Retry-After`, against the example. It represents all clients that Stainless generates. */
import OpenAI from 'openai'
import t, { type Test } from 'tap'
import { createApp } from '../../../examples/launch/app.js'
import { demoCases, type DemoRequest } from '../../../examples/launch/cases.js'

/** Requests that the client may send for each call: the first, and one more. */
const maxRetries = 1

/** Returns the request of a case, with the requests before it. */
function findCase (code: string): { readonly request: DemoRequest, readonly times: number } {
  const found = demoCases.find(demo => demo.code === code)
  if (found === undefined) throw new Error(`no case has the code ${code}`)
  return { request: found.request, times: found.times ?? 1 }
}

/** Sends the request of each code with the client, and returns how often it was sent and the code of the last response. */
async function countRequests (t: Test, retryHeaders: boolean, codes: readonly string[]): Promise<Record<string, readonly [requests: number, code: unknown]>> {
  const app = await createApp({ retryHeaders })
  t.teardown(() => app.close())
  const baseURL = await app.listen({ port: 0, host: '127.0.0.1' })
  // The first query creates the database, which takes longer than the window of the limit.
  await fetch(`${baseURL}/products`, { headers: findCase('rate_limit_exceeded').request.headers ?? {} })
  const counted = await Promise.all(codes.map(async code => {
    const { request: { method = 'GET', path, headers = {}, body }, times } = findCase(code)
    for (let sent = 1; sent < times; sent++) await fetch(baseURL + path, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
    let requests = 0
    let last: unknown
    const client = new OpenAI({
      apiKey: 'replaced by the headers of the case',
      baseURL,
      maxRetries,
      fetch: async (url, init) => {
        requests++
        const response = await fetch(url, init)
        last = (await response.clone().json() as { readonly code?: unknown }).code
        return response
      }
    })
    await client.request({ method: method.toLowerCase() as 'post', path, body: body as object, headers }).catch(() => {})
    return [code, [requests, last]] as const
  }))
  return Object.fromEntries(counted)
}

const codes = ['resource_already_exists', 'concurrent_modification', 'rate_limit_exceeded', 'service_unavailable']

t.test('the client retries a request only if the API advises it', async t => {
  const [advised, unadvised] = await Promise.all([countRequests(t, true, codes), countRequests(t, false, codes)])
  // The 429 waits for the seconds in Retry-After, and then the limit is over: the second request gets the error of the route.
  t.strictSame(advised, {
    resource_already_exists: [1, 'resource_already_exists'],
    concurrent_modification: [2, 'concurrent_modification'],
    rate_limit_exceeded: [2, 'already_in_queue'],
    service_unavailable: [2, 'service_unavailable']
  })
  t.strictSame(unadvised, { ...advised, resource_already_exists: [2, 'resource_already_exists'] }, 'without the header, it repeats every 409')
})
