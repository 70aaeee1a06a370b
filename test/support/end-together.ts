import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Ends a child process when this process ends, however it does: a test that is killed ends nothing itself, and its servers
 * would go on. A shell waits for the end of its input, which comes with that of this process.
 */
export function endTogether (child: ChildProcess): void {
  const watch = spawn('sh', ['-c', `read -r _; kill -9 ${child.pid}`], { stdio: ['pipe', 'ignore', 'ignore'] })
  watch.unref();
  (watch.stdin as unknown as { readonly unref: () => void }).unref()
  child.once('exit', () => watch.kill('SIGKILL'))
}
