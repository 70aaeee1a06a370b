/** Creates the changelog of an API's errors from the history of its lockfile in git. */
import { execFileSync } from 'node:child_process'
import { basename, dirname, resolve } from 'node:path'
import type { Changelog, ChangelogEntry } from '../reference/read-changelog.js'
import { compareLocks } from '../verify/compare-lockfiles.js'
import { parseLock, type Lock } from '../verify/lockfile.js'
import { getFirstLine } from './load-app.js'

interface Version {
  /** The date of the commit. */
  readonly date: string
  readonly lock: Lock
}

/**
 * Compares each committed version of a lockfile with the version before it. For a merged branch, only the merge commit
 * counts, so the changelog does not have the intermediate states of the branch.
 *
 * @throws Error with one sentence if git is missing, or if the history is incomplete
 */
export function createChangelog (lockfile: string): Changelog {
  const versions = listVersions(lockfile)
  const entries = versions.slice(1).map(({ date, lock }, index): ChangelogEntry => {
    return { date, changes: compareLocks((versions[index] as Version).lock, lock, Date.parse(date)) }
  })
  return { version: 1, entries: entries.filter(({ changes }) => changes.length > 0).reverse() }
}

/**
 * Returns a sentence for each change in the history of a lockfile that a changelog does not have. A merge can change
 * the date of a change.
 */
export function listMissingChanges ({ entries }: Changelog, lockfile: string): string[] {
  const format = ({ subject, explanation }: ChangelogEntry['changes'][number]): string => `${subject}: ${explanation}`
  const known = new Set(entries.flatMap(({ changes }) => changes.map(format)))
  return createChangelog(lockfile).entries.flatMap(({ date, changes }) =>
    changes.map(format).filter(change => !known.has(change)).map(change => `${date}, ${change}`)
  )
}

/** Returns the versions of a lockfile, also under its earlier paths, the oldest first. */
function listVersions (lockfile: string): Version[] {
  const [folder, name] = [dirname(resolve(lockfile)), basename(lockfile)]
  const fail = (reason: string): never => {
    throw new Error(
      `fastify-api-errors: --lockfile: expected a committed file in a git repository with its whole history, but ${reason}`
    )
  }
  const git = (...args: readonly string[]): string => {
    try {
      return execFileSync('git', ['-C', folder, ...args], {
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
        stdio: ['ignore', 'pipe', 'pipe']
      })
    } catch (error) {
      return fail(`git failed: ${getFirstLine((error as { readonly stderr?: string }).stderr || error)}`)
    }
  }
  if (git('rev-parse', '--is-shallow-repository').trim() === 'true') {
    fail("the repository is a shallow clone. Run 'git fetch --unshallow'.")
  }
  const log = git(
    '-c',
    'core.quotePath=off',
    'log',
    '--first-parent',
    '-m',
    '--follow',
    '--name-status',
    '--format=commit %H %cs',
    '--',
    name
  )
  const commits = log.split(/^commit /m).slice(1)
  if (commits.length === 0) fail(`${lockfile} has no commits.`)
  // Git can take a copy of another lockfile for an earlier version.
  const copied = commits.findIndex(commit => /^C\d*\t/m.test(commit))
  return commits.slice(0, copied === -1 ? undefined : copied + 1).reverse().flatMap(commit => {
    const [head = '', change = ''] = commit.trim().split('\n\n')
    const [hash = '', date = ''] = head.split(' ')
    try {
      return [{ date, lock: parseLock(git('show', `${hash}:${change.slice(change.lastIndexOf('\t') + 1)}`), lockfile) }]
    } catch {
      return [] // a deleted, older or damaged version cannot be compared
    }
  })
}
