/** Servers of a test end with its process. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import t from 'tap'

/** A process that runs another one, connected to it by endTogether(). It prints the other one's output. */
function startBoth (code: string): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', `
    import { spawn } from 'node:child_process'
    import { endTogether } from ${JSON.stringify(new URL('end-together.ts', import.meta.url).href)}
    endTogether(spawn(process.execPath, ['--eval', ${JSON.stringify(code)}], { stdio: ['ignore', 'inherit', 'inherit'] }))
  `], { stdio: ['ignore', 'pipe', 'inherit'] })
}

t.test('a server ends when the process that started it is killed', async t => {
  const parent = startBoth("net.createServer(() => {}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })")
  const [port] = await once(parent.stdout, 'data') as [Buffer]
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {}).resume()
  await once(socket, 'connect')
  const ended = Promise.all([once(parent, 'exit'), once(socket, 'close')])
  parent.kill('SIGKILL')
  t.strictSame(await ended, [[null, 'SIGKILL'], [false]])
})

t.test('a process whose child has ended can exit', async t => {
  const parent = startBoth("console.log('ended')")
  const [output, exit] = await Promise.all([parent.stdout.toArray(), once(parent, 'exit')])
  t.strictSame([output.join(''), exit], ['ended\n', [0, null]])
})
