import { start } from './measure.js'

const shots = [
  { path: '/queues/1', status: 404 }, { path: '/returned/1', status: 404 }, { path: '/nothing', status: 404 }, { method: 'DELETE', path: '/only-get', status: 405 },
  { path: '/type-error', status: 500 }, { method: 'POST', path: '/validation', body: '{"field0":"no"}', status: 422 }, { method: 'POST', path: '/validation', body: '{', status: 400 }
] as const

/** Only errors, of every kind, for some seconds: the heap and the event loop stay as they are. */
export async function flood (seconds: number): Promise<string[]> {
  const running = await start('ours', ['--expose-gc'])
  const lines = ['| second | heap after a collection, MB | event-loop delay p99, ms | requests |', '|---|---|---|---|']
  const begin = Date.now()
  let requests = 0
  for (let second = 0; second <= seconds; second += 5) {
    while (Date.now() - begin < second * 1000) {
      for (const { status, ...shot } of shots) {
        await running.cost(shot, 800, status)
        requests += 800
      }
    }
    const { heapUsed, delay } = await running.state()
    lines.push(`| ${second} | ${(heapUsed / 1e6).toFixed(1)} | ${delay.toFixed(1)} | ${requests} |`)
    console.log(lines.at(-1))
  }
  await running.close()
  return lines
}
