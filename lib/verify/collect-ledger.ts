/** Collects the ledgers of a test suite that runs in several processes, through files in a folder. */
import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Errors } from '@sinclair/typebox/errors'
import type { FastifyRequest } from 'fastify'
import { expectOption, rejectOption } from '../support/expect-option.js'
import type { LedgerEntry } from './ledger.js'
import { Type } from '../support/type-builder.js'

const channels = ['fastify-api-errors:response', 'fastify-api-errors:sent']

const entrySchema = Type.Object({
  route: Type.Union([Type.String(), Type.Null()]),
  status: Type.Integer(),
  code: Type.Union([Type.String(), Type.Null()]),
  count: Type.Integer(),
  documented: Type.Boolean()
})

/** The parts of an event that are used. */
interface SentEvent {
  readonly route: string | null
  readonly method: string | null
  readonly status: number
  readonly code: string | null
  readonly request: FastifyRequest | null
}

/**
 * Writes each error response of every application in this process to a file in a folder. Each call creates a separate
 * file, and each response is one line of JSON. Call this function in every process of a test suite, and call
 * {@link readLedger} at the end.
 *
 * @param folder the path of the folder. It is created if it does not exist. Empty it before each run
 * @returns a function that stops collecting
 * @throws TypeError if `folder` is not a path, or if the folder cannot be created
 * @example
 * // ledger/collect.js, loaded by: node --import ./ledger/collect.js --test
 * import { collectLedger } from 'fastify-api-errors'
 *
 * collectLedger('.ledger')
 */
export function collectLedger (folder: string): () => void {
  expectFolder('collectLedger', folder)
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    rejectOption('collectLedger', 'folder', 'a folder that can be created', folder)
  }
  const file = join(folder, `${process.pid}-${randomUUID()}.jsonl`)
  const write = (message: unknown): void => {
    const { route, method, status, code, request } = message as SentEvent
    const name = route === null ? null : `${method} ${route}`
    const ledger = request?.server.apiErrors?.ledger() ?? []
    const { documented = true } =
      ledger.find(entry => entry.route === name && entry.status === status && entry.code === code) ?? {}
    appendFileSync(file, `${JSON.stringify({ route: name, status, code, count: 1, documented })}\n`)
  }
  for (const channel of channels) subscribe(channel, write)
  return () => {
    for (const channel of channels) unsubscribe(channel, write)
  }
}

/**
 * Reads the files that {@link collectLedger} wrote in all processes, and returns them as one ledger.
 *
 * The last line of a file is ignored if it is incomplete, because a process may have been killed while writing.
 *
 * @param folder the path that `collectLedger` was called with
 * @throws TypeError if `folder` is not the path of an existing folder, because then no process has collected anything
 * @throws TypeError if a file has a line that `collectLedger` did not write
 * @example
 * assertLedger(await build(), { responses: readLedger('.ledger') })
 */
export function readLedger (folder: string): LedgerEntry[] {
  expectFolder('readLedger', folder)
  expectOption(
    'readLedger',
    'folder',
    statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true,
    'a folder that collectLedger() wrote to',
    folder
  )
  const entries = new Map<string, LedgerEntry>()
  for (const name of readdirSync(folder).filter(name => name.endsWith('.jsonl')).sort()) {
    for (const entry of readEntries(join(folder, name))) {
      const key = JSON.stringify([entry.route, entry.status, entry.code, entry.documented])
      entries.set(key, { ...entry, count: entry.count + (entries.get(key)?.count ?? 0) })
    }
  }
  return [...entries.values()]
}

/** Returns the complete lines of a file. Text after the last line break is incomplete. */
function readEntries (file: string): LedgerEntry[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line, index) => {
    const entry = parseJson(line)
    if (!isLedgerEntry(entry)) {
      rejectOption('readLedger', `${file}:${index + 1}`, 'a line that collectLedger() wrote', line)
    }
    return entry
  })
}

/** Returns whether a value has all properties of an entry. */
export function isLedgerEntry (value: unknown): value is LedgerEntry {
  return Errors(entrySchema, value).First() === undefined
}

function parseJson (line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function expectFolder (owner: string, folder: unknown): void {
  expectOption(owner, 'folder', typeof folder === 'string' && folder !== '', "a path, such as '.ledger'", folder)
}
