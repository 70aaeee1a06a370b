/** scripts/install-packages.ts, with programs instead of npm. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { installPackages, isInstalled } from '../../scripts/install-packages.js'

/** Creates folders with a lockfile, and a program that replaces npm. It records the folders in which it runs. */
function createFolders (t: Test, npm: string, ...names: readonly string[]) {
  const folder = t.testdir(Object.fromEntries(names.map(name => [name, { 'package-lock.json': '{}' }])))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\necho "$(basename "$PWD") $*" >> ../calls\n${npm}\n`)
  writeFileSync(join(folder, 'calls'), '')
  chmodSync(join(folder, 'bin/npm'), 0o755)
  const path = process.env.PATH
  process.env.PATH = `${folder}/bin:${path}`
  t.teardown(() => { process.env.PATH = path })
  const printed = t.capture(console, 'log')
  return {
    folders: names.map(name => join(folder, name)),
    /** Returns the calls of npm since the last time. */
    takeCalls: () => {
      const calls = readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean).sort()
      writeFileSync(join(folder, 'calls'), '')
      return calls
    },
    /** Returns the printed lines since the last time, without the durations. */
    takeLines: () => printed().map(({ args }) => String(args[0]).replace(/\d+ s/, '0 s')).sort()
  }
}

const options = { skip: process.platform === 'win32' && 'the program that replaces npm is a shell script' }

t.test('missing packages are installed once, and again if the lockfile changes', options, async t => {
  const { folders, takeCalls, takeLines } = createFolders(t, 'mkdir -p node_modules', 'one', 'two', 'three')
  const [one = '', two = '', three = ''] = folders
  const ci = (name: string): string => `${name} ci --no-audit --no-fund --prefer-offline --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=10000`
  await installPackages(folders)
  t.strictSame(takeCalls(), [ci('one'), ci('three'), ci('two')])
  t.strictSame(takeLines(), [
    `Installed the packages of ${one} (0 s).`, `Installed the packages of ${three} (0 s).`, `Installed the packages of ${two} (0 s).`,
    `Installing the packages of ${one}, ${two}, ${three}. This takes some minutes, but only once.`
  ])
  t.strictSame(folders.map(isInstalled), [true, true, true])

  await installPackages(folders)
  t.strictSame(takeCalls(), [])
  t.strictSame(takeLines(), [])

  writeFileSync(join(two, 'package-lock.json'), '{ "version": 2 }')
  await installPackages(folders)
  t.strictSame(takeCalls(), [ci('two')])
})

t.test('without a network, one sentence names the folder and what to do', options, async t => {
  const { folders: [folder = ''] } = createFolders(t, 'echo "npm error code ENOTFOUND\nnpm error network This is a problem related to network connectivity." >&2\nexit 1', 'one')
  await t.rejects(installPackages([folder]), {
    message: `The packages of ${folder} are not installed, because npm cannot reach its registry (ENOTFOUND). Connect to the network, and run the command again.`
  })
  t.equal(isInstalled(folder), false)
})

t.test('if npm fails otherwise, the error has its output', options, async t => {
  const { folders: [one = '', two = ''], takeCalls } = createFolders(t, 'mkdir -p node_modules; echo "npm error code EUSAGE"; case "$PWD" in */one) exit 1; esac', 'one', 'two')
  await t.rejects(installPackages([one, two]), { message: `npm ci failed in ${one}:\nnpm error code EUSAGE\n` })
  t.equal(takeCalls().length, 2, 'the other folder is installed nevertheless')
  t.equal(isInstalled(one), false)
  t.equal(isInstalled(two), true)
})
