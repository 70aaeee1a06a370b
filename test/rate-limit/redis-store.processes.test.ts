/** Several processes that share a limit in Redis. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { flood } from '../helpers/flood.js'
import { lacksRedis, startRedis } from '../helpers/redis.js'

const file = fileURLToPath(new URL('../helpers/limited-process.ts', import.meta.url))
const limits = [50, 1000, 10_000]

t.test('4 processes share a limit exactly', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const ports = await Promise.all([1, 2, 3, 4].map(async () => {
    const child = fork(file, [redis.port, ...limits].map(String))
    t.teardown(async () => {
      child.disconnect()
      await once(child, 'exit')
    })
    const [port] = await once(child, 'message') as [number]
    return port
  }))
  for (const max of limits) {
    const calls = 10 * max
    const each = await Promise.all(ports.map(port => flood(port, `/${max}`, calls / ports.length)))
    const total = new Map<number, number>()
    for (const statuses of each) for (const [status, count] of statuses) total.set(status, (total.get(status) ?? 0) + count)
    t.strictSame(total, new Map([[200, max], [429, calls - max]]), `of ${calls} parallel calls, ${max} pass`)
  }
})
