/** Starts a browser for the tests of the reference pages. */
import { spawnSync } from 'node:child_process'
import { chromium, type Browser } from 'playwright-core'

/** Starts the Chromium of this machine with an empty profile; `undefined` if it is not installed. */
export async function startChromium (): Promise<Browser | undefined> {
  const executablePath = spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).stdout.trim()
  if (executablePath === '') return undefined
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
}
