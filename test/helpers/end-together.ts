/** Ends a server when the process of its test ends. */
import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Ends a child process when this process ends for any reason. A killed test cannot end its servers, so they
 * would continue to run. A shell waits for the end of its input, which this process closes when it ends.
 */
export function endTogether (child: ChildProcess): void {
  const watch = spawn('sh', ['-c', `read -r _; kill -9 ${child.pid}`], { stdio: ['pipe', 'ignore', 'ignore'] })
  watch.unref();
  (watch.stdin as unknown as { readonly unref: () => void }).unref()
  child.once('exit', () => watch.kill('SIGKILL'))
}
