/** The changelog from the history of a lockfile, in real git repositories. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import t from 'tap'
import apiErrors from 'fastify-api-errors'
import { runCommand } from '../../lib/cli/run-command.js'
import { readChangelog } from '../../lib/reference/read-changelog.js'
import type { LockedCode } from '../../lib/verify/lockfile.js'
import { absent } from '../helpers/absent.js'

const closed: LockedCode = { status: 409, type: 'conflict_error', retry: 'never' }

const lockOf = (codes: Readonly<Record<string, LockedCode>>): string => JSON.stringify({ lockfileVersion: 1, formats: ['code'], bodies: {}, codes, routes: {} })

interface Repository {
  readonly folder: string
  readonly lockfile: string
  readonly git: (...args: readonly string[]) => void
  /** Commits a version of the lockfile. */
  readonly commit: (date: string, content: string | undefined) => void
}

/** Creates a repository in a folder. Its settings do not depend on those of the user. */
function createRepository (folder: string): Repository {
  const lockfile = join(folder, 'errors.lock.json')
  let now = '2030-01-01'
  const git = (...args: readonly string[]): void => {
    const date = `${now}T12:00:00Z`
    execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false', ...args], {
      stdio: 'ignore', env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    })
  }
  git('init', '--initial-branch=main')
  return {
    folder,
    lockfile,
    git,
    commit (date, content) {
      now = date
      if (content === undefined) rmSync(lockfile)
      else writeFileSync(lockfile, content)
      git('add', '-A')
      git('commit', '-m', 'Change')
    }
  }
}

if (spawnSync('git', ['--version']).error !== undefined) absent(t, 'git is not installed')
else {
  t.test('each version is compared with the one before, the latest first', async t => {
    const { folder, lockfile, commit } = createRepository(t.testdir())
    commit('2030-01-01', lockOf({ queue_closed: closed }))
    commit('2030-01-02', lockOf({ queue_closed: closed, queue_full: { ...closed, deprecated: { since: '2030-01-02', sunset: '2030-02-01' } } }))
    commit('2030-01-03', '{ a conflict')
    commit('2030-01-04', JSON.stringify(JSON.parse(lockOf({ queue_closed: closed, queue_full: { ...closed, deprecated: { since: '2030-01-02', sunset: '2030-02-01' } } })), null, 2))
    commit('2030-01-05', undefined)
    commit('2030-02-01', lockOf({ queue_closed: { ...closed, status: 410 } }))
    const changelog = join(folder, 'errors.changelog.json')
    t.strictSame(await runCommand(['changelog', '--lockfile', lockfile, '--changelog', changelog]), { output: `Wrote 3 changes to ${changelog}.`, code: 0 })
    const written = JSON.parse(readFileSync(changelog, 'utf8'))
    t.strictSame(written, {
      version: 1,
      entries: [
        {
          date: '2030-02-01',
          changes: [
            { severity: 'breaking', subject: 'queue_closed', explanation: 'the status changed from 409 to 410.' },
            { severity: 'notable', subject: 'queue_full', explanation: 'the code was removed. Its deprecation announced this for 2030-02-01.' }
          ]
        },
        { date: '2030-01-02', changes: [{ severity: 'fine', subject: 'queue_full', explanation: 'the code is new.' }] }
      ]
    })

    const app = Fastify()
    await app.register(apiErrors, { reference: { path: '/errors', changelog } })
    t.strictSame(JSON.parse((await app.inject({ url: '/errors/changelog', headers: { accept: 'application/json' } })).body), written)
  })

  t.test('the history of a lockfile that was moved and renamed continues, and a copy of another lockfile has its own history', async t => {
    const { folder, commit, git } = createRepository(t.testdir())
    const codes = Object.fromEntries(['queue_shut', 'queue_closed', 'queue_open', 'queue_moved'].map(code => [code, closed]))
    const entriesOf = async (lockfile: string): Promise<unknown> => {
      const changelog = join(folder, 'changes.json')
      await runCommand(['changelog', '--lockfile', join(folder, lockfile), '--changelog', changelog])
      return readChangelog(changelog).entries
    }
    const added = (date: string, subject: string): object => ({ date, changes: [{ severity: 'fine', subject, explanation: 'the code is new.' }] })
    commit('2030-01-01', lockOf(codes))
    commit('2030-01-02', lockOf({ ...codes, queue_full: closed }))
    mkdirSync(join(folder, 'a ü'))
    git('mv', 'errors.lock.json', 'a ü/errors.lock.json')
    git('commit', '-m', 'Move')
    mkdirSync(join(folder, 'api'))
    git('mv', 'a ü/errors.lock.json', 'api/v1.json')
    git('commit', '-m', 'Rename')
    writeFileSync(join(folder, 'api/v1.json'), lockOf({ ...codes, queue_full: closed, queue_empty: closed }))
    writeFileSync(join(folder, 'api/v2.json'), lockOf({ ...codes, queue_full: closed }))
    git('add', '-A')
    git('commit', '-m', 'Add version 2')
    writeFileSync(join(folder, 'api/v2.json'), lockOf({ ...codes, queue_full: closed, queue_left: closed }))
    git('commit', '-am', 'Add a code')
    t.strictSame(await entriesOf('api/v1.json'), [added('2030-01-02', 'queue_empty'), added('2030-01-02', 'queue_full')])
    t.strictSame(await entriesOf('api/v2.json'), [added('2030-01-02', 'queue_left')])
  })

  t.test('for a merged branch, only the merge commit counts', async t => {
    const { lockfile, folder, commit, git } = createRepository(t.testdir())
    commit('2030-01-01', lockOf({}))
    git('checkout', '-b', 'feature')
    commit('2030-01-02', lockOf({ queue_shut: closed }))
    commit('2030-01-03', lockOf({ queue_closed: closed }))
    git('checkout', 'main')
    git('merge', '--no-ff', '--no-edit', 'feature')
    const changelog = join(folder, 'changes.json')
    await runCommand(['changelog', '--lockfile', lockfile, '--changelog', changelog])
    t.strictSame(readChangelog(changelog).entries, [{ date: '2030-01-03', changes: [{ severity: 'fine', subject: 'queue_closed', explanation: 'the code is new.' }] }])
  })

  t.test('check --changelog lists the changes that a changelog does not have', async t => {
    const folder = t.testdir({
      'app.mjs': 'import Fastify from "fastify"\nimport apiErrors from "fastify-api-errors"\nexport async function build () {\n  const app = Fastify()\n  await app.register(apiErrors)\n  return app\n}\n'
    })
    const { lockfile, commit } = createRepository(folder)
    const changelog = join(folder, 'errors.changelog.json')
    const app = join(folder, 'app.mjs')
    const check = async (): Promise<readonly [output: string, code: number]> => {
      const { output, code } = await runCommand(['check', '--app', app, '--lockfile', lockfile, '--inferred', join(folder, 'no.json'), '--changelog', changelog])
      return [output.split('\n').slice(1).join('\n'), code]
    }
    await runCommand(['lock', '--app', app, '--lockfile', lockfile])
    const current = readFileSync(lockfile, 'utf8')
    commit('2030-01-01', lockOf({ ...JSON.parse(current).codes, queue_closed: closed }))
    commit('2030-01-02', lockOf({ ...JSON.parse(current).codes, queue_full: closed, queue_closed: { ...closed, status: 410 } }))
    await t.rejects(check(), { message: /^fastify-api-errors: --changelog: expected a file that 'fastify-api-errors changelog' wrote, got / })
    writeFileSync(changelog, '[]')
    await t.rejects(check(), { message: `fastify-api-errors: --changelog: expected the output of 'fastify-api-errors changelog', got other content in ${changelog}.` })
    writeFileSync(changelog, '{')
    await t.rejects(check(), { message: /^fastify-api-errors: --changelog: expected a file that 'fastify-api-errors changelog' wrote, but .* cannot be read: / })
    await runCommand(['changelog', '--lockfile', lockfile, '--changelog', changelog])
    commit('2030-01-03', current)
    t.strictSame(await check(), [[
      '2030-01-03, queue_full: the code was removed. Clients that handle this code no longer receive it.',
      '2030-01-03, queue_closed: the code was removed. Clients that handle this code no longer receive it.'
    ].join('\n') + `\n\n${changelog} is out of date. Run 'fastify-api-errors changelog' and commit it.`, 1])
    await runCommand(['changelog', '--lockfile', lockfile, '--changelog', changelog])
    t.strictSame(await check(), [`${changelog} is up to date.`, 0])
  })

  t.test('a history that cannot be read is reported with one sentence', async t => {
    const expected = 'fastify-api-errors: --lockfile: expected a committed file in a git repository with its whole history, but '
    const messageFor = async (lockfile: string, changelog = join(t.testdirName, 'changes.json')): Promise<string> => {
      return await runCommand(['changelog', '--lockfile', lockfile, '--changelog', changelog]).then(() => '', (error: Error) => error.message)
    }
    const { folder, lockfile, commit } = createRepository(t.testdir({ outside: {}, shallow: {} }))
    writeFileSync(lockfile, lockOf({}))
    t.match(await messageFor(join(folder, 'no.json')), `fastify-api-errors: --lockfile: expected a file that 'fastify-api-errors lock' wrote, got "${folder.slice(0, 50)}`)
    t.match(await messageFor(lockfile, join(folder, 'no/changes.json')), `fastify-api-errors: --changelog: expected a path in an existing folder, got "${folder.slice(0, 50)}`)
    t.match(await messageFor(lockfile), `${expected}git failed: fatal: `, 'a repository without commits')
    commit('2030-01-01', lockOf({}))
    const other = join(folder, 'other.json')
    writeFileSync(other, lockOf({}))
    t.equal(await messageFor(other), `${expected}${other} has no commits.`)
    commit('2030-01-02', lockOf({ queue_closed: closed }))
    execFileSync('git', ['clone', '--depth=1', `file://${folder}`, join(folder, 'shallow')], { stdio: 'ignore' })
    t.equal(await messageFor(join(folder, 'shallow/errors.lock.json')), `${expected}the repository is a shallow clone. Run 'git fetch --unshallow'.`)
    const path = process.env.PATH
    process.env.PATH = '/nowhere'
    t.teardown(() => { process.env.PATH = path })
    t.equal(await messageFor(lockfile), `${expected}git failed: spawnSync git ENOENT`)
  })
}
