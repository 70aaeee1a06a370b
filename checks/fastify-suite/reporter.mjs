/**
 * A reporter of node:test that writes one JSON line for each test that passed or failed, so that run.ts can compare
 * them.
 */
import { relative } from 'node:path'

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} source */
export default async function * report (source) {
  const names = []
  for await (const { type, data } of source) {
    if (type === 'test:start') names[data.nesting] = data.name
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const { error, type: kind } = data.details
    if (kind === 'suite' || data.skip !== undefined || data.todo !== undefined) continue
    // A test that fails only because a test inside it failed is reported by the inner one.
    if (error?.failureType === 'subtestsFailed') continue
    const path = [...names.slice(0, data.nesting), data.name]
    const file = relative(process.cwd(), data.file ?? '')
    const message = error === undefined ? undefined : String(error.cause?.message ?? error.cause ?? error.message)
    yield `${JSON.stringify({ file, path, passed: type === 'test:pass', message })}\n`
  }
}
