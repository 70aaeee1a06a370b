/**
 * Installs the packages of folders that have a separate package.json, so that `npm ci` in the root stays small:
 * `tsx scripts/install-packages.ts test checks`. A folder is skipped if the packages of its lockfile are already installed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Two at a time, because an installation waits for the network and the disk most of the time. */
const AT_ONCE = 2

const hashLockfile = (folder: string): string => createHash('sha256').update(readFileSync(join(folder, 'package-lock.json'))).digest('hex')
const markOf = (folder: string): string => join(folder, 'node_modules/.installed')

/** Returns whether the packages of a folder's lockfile are installed completely. */
export function isInstalled (folder: string): boolean {
  return existsSync(markOf(folder)) && readFileSync(markOf(folder), 'utf8') === hashLockfile(folder)
}

/** Runs `npm ci` in a folder. If it fails, the error has the output of npm. */
async function install (folder: string): Promise<void> {
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', chunk => { output += String(chunk) })
  const status = await new Promise((resolve, reject) => { npm.once('error', reject).once('close', resolve) })
  if (status !== 0) throw new Error(`npm ci failed in ${folder}:\n${output}`)
  writeFileSync(markOf(folder), hashLockfile(folder))
}

/**
 * Installs the packages of folders if they are not installed yet, and prints one sentence about it.
 *
 * @param folders paths from the root of the project
 */
export async function installPackages (folders: readonly string[]): Promise<void> {
  const missing = folders.filter(folder => !isInstalled(join(root, folder)))
  if (missing.length === 0) return
  console.log(`Installing the packages of ${missing.join(', ')}. This takes some minutes, but only once.`)
  const waiting = missing.values()
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const folder of waiting) await install(join(root, folder))
  }))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await installPackages(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
