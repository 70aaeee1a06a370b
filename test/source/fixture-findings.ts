/** The findings in the fixtures of this folder. One inference serves all tests that use them. */
import t from 'tap'
import interfaces from './fixtures/interfaces.js'
import hooks from './fixtures/hooks.js'
// @ts-expect-error JavaScript has no types
import javascript from './fixtures/javascript.cjs'
import language from './fixtures/language.js'
import notCounted from './fixtures/not-counted.js'
import promises from './fixtures/promises.js'
import responses from './fixtures/responses.js'
import tries from './fixtures/try.js'
import { describeFindings, inferFixtures } from './infer-fixtures.js'

export const report = await inferFixtures(t, { interfaces, promises, try: tries, responses, hooks, javascript, language, 'not-counted': notCounted })

/** Returns the findings of the routes of a fixture. */
export function findingsOf (name: string): Record<string, string[]> {
  return describeFindings({ ...report, routes: report.routes.filter(({ path }) => path.startsWith(`/${name}/`)) })
}
