/** Measures the CPU time per request of a subject, and compares two subjects in alternating turns. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openConnections, type Protocol, type SampleRequest } from './connection.js'

/** A running subject, and the clients that call it. */
export interface Running {
  readonly port: number
  /** CPU time per request, in microseconds. */
  readonly cost: (sample: SampleRequest, requests: number, status: number) => Promise<number>
  /**
   * Heap size after a garbage collection in bytes, and the 99th percentile of the event loop delay in milliseconds
   * since the last call.
   */
  readonly state: () => Promise<State>
  readonly close: () => Promise<void>
}

/** The numbers that a server reports. CPU time is in microseconds. */
export interface State {
  readonly cpu: number
  readonly heapUsed: number
  readonly delay: number
}

const connections = 64

/** How Node.js is started. */
export interface Launch {
  readonly execArgv?: readonly string[]
  /** The executable of Node.js. @default the executable of this process */
  readonly execPath?: string | undefined
}

/** Starts a subject in a separate process. */
export async function start (
  name: string,
  { execArgv = [], execPath = process.execPath }: Launch = {}
): Promise<Running> {
  const child: ChildProcess = fork(new URL('server.js', import.meta.url), [name], {
    execArgv: [...execArgv],
    execPath,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  })
  const [{ port, protocol }] = await Promise.race([
    once(child, 'message') as Promise<[{ port: number, protocol: Protocol }]>,
    once(child, 'exit').then(() => {
      throw new Error(`The subject '${name}' ended before it listened.`)
    })
  ])
  const opened = await openConnections(protocol, port, connections)

  async function ask (question: 'cpu' | 'state'): Promise<State> {
    child.send(question)
    const [state] = await once(child, 'message') as [State]
    return state
  }
  const used = async (): Promise<number> => (await ask('cpu')).cpu

  return {
    port,
    async cost (sample, requests, status) {
      const before = await used()
      await Promise.all(opened.map(connection => connection.send(sample, Math.ceil(requests / connections), status)))
        .catch((cause: unknown) => {
          throw new Error(`${name}: ${sample.method ?? 'GET'} ${sample.path}: ${String(cause)}`)
        })
      return (await used() - before) / requests
    },
    state: () => ask('state'),
    async close () {
      for (const connection of opened) connection.close()
      child.disconnect()
      await once(child, 'exit')
    }
  }
}

/** The median, and the range of the middle half. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf (values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}

/** Two subjects, and the request for each. */
export interface Pair {
  readonly a: { readonly name: string, readonly sample: SampleRequest, readonly status: number }
  readonly b: { readonly name: string, readonly sample: SampleRequest, readonly status: number }
}

/** How often two subjects are started and measured, and how many requests each turn has. */
export interface Effort {
  /** Pairs of processes, because the compiler optimizes the same code differently in each process. */
  readonly launches: number
  /** Turns in each process. */
  readonly rounds: number
  /** Requests in a turn. */
  readonly requests: number
}

/** Returns the CPU time of this process until now, in milliseconds. */
export function readCpuTime (): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * The turns before the first that counts. With less than 30,000 requests, the compiler is still optimizing, which
 * counts as CPU time of the subject.
 */
const warmUp = 6

/** Compares the cost of a and b in alternating turns: A B B A A B ... Temporary noise affects both. */
export async function compare (
  { a, b }: Pair,
  { launches, rounds, requests }: Effort,
  execPath?: string
): Promise<{ a: Spread, b: Spread, ratio: Spread }> {
  const costs: Array<{ a: number, b: number }> = []
  for (let launch = 0; launch < launches; launch++) {
    const [one, other] = [await start(a.name, { execPath }), await start(b.name, { execPath })]
    const costOfA = (): Promise<number> => one.cost(a.sample, requests, a.status)
    const costOfB = (): Promise<number> => other.cost(b.sample, requests, b.status)
    try {
      for (let round = -warmUp; round < rounds; round++) {
        const first = round % 2 === 0 ? await costOfA() : undefined
        const second = await costOfB()
        if (round >= 0) costs.push({ a: first ?? await costOfA(), b: second })
        else if (first === undefined) await costOfA()
      }
    } finally {
      await Promise.all([one.close(), other.close()])
    }
  }
  return {
    a: spreadOf(costs.map(cost => cost.a)),
    b: spreadOf(costs.map(cost => cost.b)),
    ratio: spreadOf(costs.map(cost => cost.a / cost.b))
  }
}
