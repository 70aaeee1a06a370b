/**
 * Profiles a subject: `node bench/out/profile.js SUBJECT METHOD PATH STATUS [BODY]` prints the functions with the most
 * self time, in percent of the busy time of the process and in microseconds per request.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SampleRequest } from './connection.js'
import { start } from './measure.js'

interface Profile {
  readonly nodes: ReadonlyArray<
    {
      readonly id: number,
      readonly callFrame: { readonly functionName: string, readonly url: string, readonly lineNumber: number }
    }
  >
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const requests = 64_000
const shown = 40

const [name = 'ours', method = 'GET', path = '/queues/1', status = '404', body] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'profile-'))
const subject = await start(name, { execArgv: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'] })
await subject.cost(
  { method: method as NonNullable<SampleRequest['method']>, path, ...(body !== undefined && { body }) },
  requests,
  Number(status)
)
await subject.close()
const { nodes, samples, timeDeltas } = JSON.parse(
  readFileSync(join(folder, readdirSync(folder)[0] as string), 'utf8')
) as Profile
rmSync(folder, { recursive: true })

const nameOf = new Map(nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
  id,
  `${functionName === '' ? '(anonymous)' : functionName} ${url.replace(/^.*\/node_modules\/|^.*\/(?=(dist|bench)\/)/, '')}${url === '' ? '' : `:${lineNumber + 1}`}`
]))
const times = new Map<string, number>()
samples.forEach((id, index) => {
  const key = nameOf.get(id) as string
  times.set(key, (times.get(key) ?? 0) + (timeDeltas[index] as number))
})
times.delete('(idle) ')
const busy = [...times.values()].reduce((sum, time) => sum + time, 0)
console.log(`${name}: ${method} ${path}: ${(busy / requests).toFixed(1)} us a request`)
for (const [key, time] of [...times].sort(([, a], [, b]) => b - a).slice(0, shown)) {
  console.log(`${(100 * time / busy).toFixed(1).padStart(5)} % ${(time / requests).toFixed(2).padStart(6)} us  ${key}`)
}
