/**
 * Records the errors that API clients throw if a service responds with an error, for
 * test/integrations/translate/upstreams/http-traces.test.ts. Run it again after you change a version in package.json here:
 * `npm ci --ignore-scripts && npx tsx record.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calls, type Call } from './calls.js'
import { describeError } from './shapes.js'

const file = new URL('../translate/upstreams/recorded-clients.json', import.meta.url)
const statuses = [401, 403, 404, 429]

/** Responds to every request with the current status, in a body that most clients accept. */
let status = 0
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'S3cr3t', 'retry-after': '0', server: 'S3cr3t' })
  response.end(JSON.stringify({ message: 'S3cr3t', code: 'S3cr3t', error: { message: 'S3cr3t', code: 'S3cr3t', type: 'S3cr3t' }, errors: [{ message: 'S3cr3t', code: 'S3cr3t' }] }))
})
await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
const { port } = server.address() as AddressInfo

const recorded = []
const only = process.argv.slice(2)
for (const [name, call] of Object.entries(calls)) {
  const [client = name] = name.split(', ')
  if (only.length > 0 && !only.includes(client)) continue
  const { version } = JSON.parse(readFileSync(new URL(`node_modules/${client}/package.json`, import.meta.url), 'utf8')) as { version: string }
  const errors: Record<string, unknown> = {}
  for (status of statuses) errors[status] = describeError(await fail(name, call), port)
  recorded.push({ client: name, version, errors })
}
if (only.length === 0) {
  // Writes one line for each error, so that two versions are easy to compare.
  const lines = recorded.map(({ errors, ...named }) => `${JSON.stringify(named).slice(0, -1)},"errors":{\n${Object.entries(errors).map(([at, error]) => `"${at}":${JSON.stringify(error)}`).join(',\n')}}}`)
  writeFileSync(file, `[\n${lines.join(',\n')}\n]\n`)
} else {
  console.log(JSON.stringify(recorded, null, 2))
}
process.exit() // Some clients keep connections open.

/** Returns what a call throws, or what it returns if it is an error. */
async function fail (name: string, call: Call): Promise<unknown> {
  const slow = new Promise<never>((_resolve, reject) => { setTimeout(() => { reject(new Error('slow')) }, 20_000).unref() })
  const thrown: unknown = await Promise.race([call(`http://127.0.0.1:${port}`, port), slow]).then(() => undefined, (error: unknown) => error ?? null)
  if (thrown === undefined || (thrown instanceof Error && thrown.message === 'slow') || thrown instanceof TypeError) {
    console.error(`${name}, ${status}: expected an error of the client, got`, thrown)
  }
  return thrown
}
