/**
 * Installs the packages of folders that have a separate package.json, so that `npm ci` in the root stays small:
 * `tsx scripts/install-packages.ts test checks`. A folder is skipped if the packages of its lockfile are already
 * installed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Two at a time, because an installation waits for the network and the disk most of the time. */
const AT_ONCE = 2

const hashLockfile = (folder: string): string =>
  createHash('sha256').update(readFileSync(join(folder, 'package-lock.json'))).digest('hex')
const markOf = (folder: string): string => join(folder, 'node_modules/.installed')

/** Returns whether the packages of a folder's lockfile are installed completely. */
export function isInstalled (folder: string): boolean {
  return existsSync(markOf(folder)) && readFileSync(markOf(folder), 'utf8') === hashLockfile(folder)
}

/** The codes of npm's errors if the registry cannot be reached. */
const networkErrors =
  /npm error code (EAI_AGAIN|ECONN\w+|EHOSTUNREACH|ENETUNREACH|ENOTCACHED|ENOTFOUND|ERR_SOCKET_TIMEOUT|ETIMEDOUT)/

/**
 * The delays between retries are shorter than npm's, so that an installation without a network fails within a minute.
 */
const npmOptions = [
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=10000'
]

/** Runs `npm ci` in a folder. */
async function install (folder: string): Promise<void> {
  const begin = Date.now()
  const seconds = (): string => `${Math.round((Date.now() - begin) / 1000)} s`
  const progress = setInterval(() => {
    console.log(`Still installing the packages of ${folder} (${seconds()}).`)
  }, 30_000)
  const npm = spawn('npm', ['ci', ...npmOptions], {
    cwd: resolve(root, folder),
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk)
    })
  }
  const status = await new Promise((resolve, reject) => {
    npm.once('error', reject).once('close', resolve)
  }).finally(() => {
    clearInterval(progress)
  })
  const code = networkErrors.exec(output)?.[1]
  if (status !== 0 && code !== undefined) {
    throw new Error(
      `The packages of ${folder} are not installed, because npm cannot reach its registry (${code}). Connect to the network, and run the command again.`
    )
  }
  if (status !== 0) throw new Error(`npm ci failed in ${folder}:\n${output}`)
  writeFileSync(markOf(resolve(root, folder)), hashLockfile(resolve(root, folder)))
  console.log(`Installed the packages of ${folder} (${seconds()}).`)
}

/**
 * Installs the packages of folders if they are not installed yet, and prints the progress.
 *
 * @param folders paths from the root of the project
 * @throws Error with one sentence if npm cannot reach its registry, and with the output of npm if it fails otherwise
 */
export async function installPackages (folders: readonly string[]): Promise<void> {
  const missing = folders.filter(folder => !isInstalled(resolve(root, folder)))
  if (missing.length === 0) return
  console.log(`Installing the packages of ${missing.join(', ')}. This takes some minutes, but only once.`)
  const waiting = missing.values()
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, async () => {
    for (const folder of waiting) await install(folder)
  }))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await installPackages(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
