/**
 * Measures how long successful requests wait while other requests fail: the 99th percentile of 200s at half of the
 * possible load, when 30 % of all requests are errors.
 */
import { openConnections, type Connection, type SampleRequest } from './connection.js'
import { spreadOf, start, type Running, type Spread } from './measure.js'
import { samples } from './sample-requests.js'

/** Ten requests, of which three fail. Fastify responds to invalid fields with a 400. */
const listRequests = (invalid: number): ReadonlyArray<readonly [sample: SampleRequest, status: number]> => {
  const ok = [samples.ok, 200] as const
  return [ok, ok, [samples.thrown, 404], ok, ok, ok, [samples.wrongBody, invalid], ok, ok, [samples.unknown, 404]]
}

const statusOfInvalidFields = { ours: 422, fastify: 400 } as const
type Name = keyof typeof statusOfInvalidFields

/**
 * Sends requests at a fixed rate and returns the 99th percentile of the time from when a 200 was due until it arrived,
 * in milliseconds.
 */
async function measureLatency (
  name: Name,
  connections: readonly Connection[],
  rate: number,
  seconds: number
): Promise<number> {
  const requests = listRequests(statusOfInvalidFields[name])
  const idle = [...connections]
  const running: Array<Promise<void>> = []
  const latencies: number[] = []
  const waiting: number[] = []
  const begin = performance.now()
  let sent = 0

  function sendNext (): void {
    while (idle.length > 0 && waiting.length > 0) {
      const connection = idle.pop() as Connection
      const due = waiting.shift() as number
      const [sample, status] = requests[sent++ % requests.length] as (typeof requests)[number]
      running.push(
        connection.send(sample, 1, status).then(() => {
          if (status === 200) latencies.push(performance.now() - due)
          idle.push(connection)
          sendNext()
        })
      )
    }
  }

  let due = 0
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - begin
      for (; due < elapsed * rate / 1000 && due < rate * seconds; due++) waiting.push(begin + due * 1000 / rate)
      sendNext()
      if (due < rate * seconds || waiting.length > 0) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
  await Promise.all(running)
  return latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)] as number
}

/** Returns the requests per second that a subject can respond to. */
async function measureThroughput (name: Name, connections: readonly Connection[]): Promise<number> {
  const requests = listRequests(statusOfInvalidFields[name])
  const turn = async (): Promise<number> => {
    const begin = performance.now()
    await Promise.all(connections.map(async connection => {
      for (let index = 0; index < 100; index++) {
        const [sample, status] = requests[index % requests.length] as (typeof requests)[number]
        await connection.send(sample, 1, status)
      }
    }))
    return connections.length * 100_000 / (performance.now() - begin)
  }
  const turns: number[] = []
  for (let index = 0; index < 9; index++) turns.push(await turn())
  return spreadOf(turns.slice(2)).median // The first two turns warm up.
}

/** The results of {@link compareLatencies}: requests per second, milliseconds, and the ratio of the milliseconds. */
export interface Latencies {
  readonly rate: number
  readonly ours: Spread
  readonly fastify: Spread
  readonly ratio: Spread
}

/**
 * Compares the plugin with the error handler of Fastify in alternating turns.
 *
 * @param seconds the duration of each turn
 */
export async function compareLatencies (turns: number, seconds: number): Promise<Latencies> {
  const [ours, fastify] = [await start('ours'), await start('fastify')]
  const opened = async ({ port }: Running): Promise<Connection[]> => await openConnections('HTTP/1.1', port, 64)
  const connections = { ours: await opened(ours), fastify: await opened(fastify) }
  try {
    await measureThroughput('ours', connections.ours)
    const rate = Math.round(await measureThroughput('fastify', connections.fastify) / 2)
    const results: Array<{ ours: number, fastify: number }> = []
    for (let turn = 0; turn < turns; turn++) {
      const first = turn % 2 === 0 ? await measureLatency('ours', connections.ours, rate, seconds) : undefined
      const second = await measureLatency('fastify', connections.fastify, rate, seconds)
      results.push({ ours: first ?? await measureLatency('ours', connections.ours, rate, seconds), fastify: second })
    }
    return {
      rate,
      ours: spreadOf(results.map(result => result.ours)),
      fastify: spreadOf(results.map(result => result.fastify)),
      ratio: spreadOf(results.map(result => result.ours / result.fastify))
    }
  } finally {
    for (const connection of [...connections.ours, ...connections.fastify]) connection.close()
    await Promise.all([ours.close(), fastify.close()])
  }
}
