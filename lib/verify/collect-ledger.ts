import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { FastifyRequest } from 'fastify'
import { describeValue } from '../support/describe-value.js'
import type { LedgerEntry } from './ledger.js'

const channels = ['fastify-api-errors:answer', 'fastify-api-errors:sent']

/** What is read of an event of the channels. */
interface Answered {
  readonly route: string | null
  readonly method: string | null
  readonly status: number
  readonly code: string | null
  readonly request: FastifyRequest | null
}

/**
 * Writes each error answer of every application in this process as a line of JSON into a file of its own in a folder. For
 * tests that run in several processes: loaded into each of them, with {@link readLedger} at the end.
 *
 * @param folder made where it is not there; whoever starts the tests empties it
 * @returns a function that ends the writing
 * @throws TypeError where `folder` is no path
 * @example
 * // ledger/collect.js, loaded by: node --import ./ledger/collect.js --test
 * import { collectLedger } from 'fastify-api-errors'
 *
 * collectLedger('.ledger')
 */
export function collectLedger (folder: string): () => void {
  checkFolder('collectLedger', folder)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${process.pid}-${threadId}.jsonl`)
  const write = (message: unknown): void => {
    const { route, method, status, code, request } = message as Answered
    const name = route === null ? null : `${method} ${route}`
    const ledger = request?.server.apiErrors?.ledger() ?? []
    const { documented = true } = ledger.find(entry => entry.route === name && entry.status === status && entry.code === code) ?? {}
    appendFileSync(file, `${JSON.stringify({ route: name, status, code, count: 1, documented })}\n`)
  }
  for (const channel of channels) subscribe(channel, write)
  return () => { for (const channel of channels) unsubscribe(channel, write) }
}

/**
 * Reads what {@link collectLedger} wrote, of all processes as one ledger.
 *
 * @throws Error where the folder is not there: then no process has collected anything, and nothing is proven
 * @example
 * assertLedger(await build(), { answers: readLedger('.ledger') })
 */
export function readLedger (folder: string): LedgerEntry[] {
  checkFolder('readLedger', folder)
  if (!existsSync(folder)) throw new Error(`readLedger: the folder '${folder}' does not exist; it takes the one that collectLedger() wrote to.`)
  const entries = new Map<string, LedgerEntry>()
  for (const file of readdirSync(folder).filter(name => name.endsWith('.jsonl')).sort()) {
    for (const line of readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')) {
      const entry = JSON.parse(line) as LedgerEntry
      const key = JSON.stringify([entry.route, entry.status, entry.code, entry.documented])
      entries.set(key, { ...entry, count: entry.count + (entries.get(key)?.count ?? 0) })
    }
  }
  return [...entries.values()]
}

function checkFolder (owner: string, folder: unknown): void {
  if (typeof folder !== 'string' || folder === '') throw new TypeError(`${owner}: the folder is ${describeValue(folder)}; it takes a path, like '.ledger'.`)
}
