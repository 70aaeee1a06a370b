/** Sends many errors and checks that the heap and the event loop do not degrade. run.ts includes the result. */
import type { SampleRequest } from './connection.js'
import { start } from './measure.js'
import { samples } from './sample-requests.js'

const { thrown, returned, unknown, wrongMethod, typeError, wrongBody, brokenBody } = samples
const errors: ReadonlyArray<readonly [sample: SampleRequest, status: number]> = [
  [thrown, 404], [returned, 404], [unknown, 404], [wrongMethod, 405], [typeError, 500], [wrongBody, 422],
  [brokenBody, 400]
]

/** Sends every kind of error for some seconds. The heap and the event loop must not degrade. */
export async function flood (seconds: number): Promise<string[]> {
  const running = await start('ours', { execArgv: ['--expose-gc'] })
  const lines = ['| second | heap after a collection, MB | event-loop delay p99, ms | requests |', '|---|---|---|---|']
  const begin = Date.now()
  let requests = 0
  try {
    for (let second = 0; second <= seconds; second += 5) {
      while (Date.now() - begin < second * 1000) {
        for (const [sample, status] of errors) {
          await running.cost(sample, 640, status)
          requests += 640
        }
      }
      const { heapUsed, delay } = await running.state()
      lines.push(`| ${second} | ${(heapUsed / 1e6).toFixed(1)} | ${delay.toFixed(1)} | ${requests} |`)
      console.log(lines.at(-1))
    }
  } finally {
    await running.close()
  }
  return lines
}
