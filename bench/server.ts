/** Runs one subject in a separate process. It listens, and reports its CPU time to its parent. */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { State } from './measure.js'
import { subjects } from './subjects.js'

const create = subjects[process.argv[2] as string]
if (create === undefined) {
  throw new Error(`No subject '${process.argv[2]}': expected one of ${Object.keys(subjects).join(', ')}.`)
}

const port = await new Promise<number>(resolve => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address() as AddressInfo
    probe.close(() => resolve(port))
  })
})
const subject = await create()
await subject.listen(port)
const delays = monitorEventLoopDelay({ resolution: 5 })
delays.enable()
process.on('message', question => {
  if (question === 'state') global.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.(
    { cpu: user + system, heapUsed: process.memoryUsage().heapUsed, delay: delays.percentile(99) / 1e6 } satisfies State
  )
  if (question === 'state') delays.reset()
})
process.on('disconnect', () => process.exit())
process.send?.({ port, protocol: subject.protocol ?? 'HTTP/1.1' })
