/** Writes the tables of docs/upstreams.md and docs/plugins.md, and lists the tested failures of clients and plugins. */
import { readFileSync } from 'node:fs'
import { standardErrors, type StandardCode } from '../../lib/catalog/standard-errors.js'
import { pluginErrors } from '../../lib/translate/plugin-codes.js'
import { upstreamSources } from '../../lib/translate/upstreams/upstream-codes.js'
import type { PluginCase } from '../../test/plugins/case.js'
import { pluginCases } from '../../test/plugins/cases.js'
import { calls, proxies } from '../../test/integrations/helpers/upstream-clients.js'
import { upstreamCases } from '../../test/integrations/translate/upstreams/upstream.cases.js'
import type { TestedFailure } from './failure-list.js'
import { table } from './table.js'

/** The sections of both pages by name: the test cases, and the tables of lib/translate. */
export const failureSections: Readonly<Record<string, () => string>> = {
  'upstream-failures': () =>
    table(
      ['what happens', 'response', 'tested with'],
      groupBy(upstreamCases, ({ what, outcome }) => `${what} ${outcome}`).map(
        ([first, ...rest]) => [
          first.what,
          formatOutcome(first.outcome),
          named([first, ...rest].map(({ through }) => through))
        ]
      )
    ),
  'upstream-clients': () => listed(Object.keys(calls)),
  'upstream-proxies': () => listed(Object.keys(proxies)),
  'upstream-codes': () =>
    table(
      ['reported by', 'response', 'codes and names'],
      Object.entries(upstreamSources).flatMap(([source, { codes, names = {}, prefixes = {} }]) => {
        const reported = [
          ...Object.entries(codes),
          ...Object.entries(names),
          ...Object.entries(prefixes).map(([prefix, failure]) => [`${prefix}*`, failure] as const)
        ]
        return groupBy(reported, ([, failure]) => failure).map(
          group => [
            source,
            formatOutcome(group[0][1] === 'aborted' ? 'gateway_timeout' : group[0][1]),
            listed(group.map(([code]) => code))
          ]
        )
      })
    ),
  'proxy-errors': () => snippet('integrations/translate/upstreams/upstream.cases.ts', 'errors of an upstream behind a proxy'),
  'reply-signal': () => snippet('integrations/translate/upstreams/upstream.cases.ts', 'a signal of the reply'),
  'plugin-codes': () =>
    table(
      ['plugin', 'response', 'codes'],
      Object.entries(pluginErrors).flatMap(([plugin, codes]) =>
        groupBy(Object.entries(codes), ([, { code }]) => code).map(
          group => [plugin, formatOutcome(group[0][1].code), listed(group.map(([code]) => code))]
        )
      )
    ),
  'cors-origin': () => snippet('plugins/cors.cases.ts', 'cors: an origin that is refused'),
  'cors-preflight': () => snippet('plugins/cors.cases.ts', 'cors: a preflight that is malformed'),
  ...Object.fromEntries(
    Object.entries(pluginCases).map(([plugin, cases]) => [`plugin-${plugin}`, () =>
      plugin === 'cors'
        ? casesTable(cases)
        : `${snippet(`plugins/${plugin}.cases.ts`, plugin)}\n\n${casesTable(cases)}`]
    )
  )
}

/** The failures of clients and plugins that the tests cause. */
export const failureList: readonly TestedFailure[] = [
  ...upstreamCases.map(({ through, what, outcome }) => ({
    source: through,
    page: 'upstreams.md',
    what,
    ...(isCode(outcome) ? { code: outcome } : { outcome })
  })),
  ...Object.entries(pluginCases).flatMap(([plugin, cases]) =>
    cases.map(({ what, response }) => ({
      source: `@fastify/${plugin}`,
      page: 'plugins.md',
      what,
      ...('code' in response ? { code: response.code } : { outcome: `${response.status} ${response.body}` })
    }))
  )
]

function formatResponse ({ response }: Pick<PluginCase, 'response'>): string {
  return 'code' in response ? formatOutcome(response.code) : `${response.status}, \`${response.body}\``
}

function casesTable (cases: readonly PluginCase[]): string {
  return table(
    ['what happens', 'response', 'headers'],
    cases.map(({ what, response }) => [
      what,
      formatResponse({ response }),
      Object.entries(response.headers ?? {}).filter(([name]) => !name.startsWith('content-') || name === 'content-range')
        .map(([name, value]) => `\`${name}: ${value}\``).join('<br>')
    ])
  )
}

function formatOutcome (outcome: string): string {
  return isCode(outcome) ? `${standardErrors[outcome].status} \`${outcome}\`` : outcome
}

function isCode (name: string): name is StandardCode {
  return Object.hasOwn(standardErrors, name)
}

function listed (names: readonly string[]): string {
  return names.map(name => `\`${name}\``).join(', ')
}

/** Returns a list of names, with "every client" and "every proxy" instead of the whole groups. */
function named (names: readonly string[]): string {
  let rest = names
  const words: string[] = []
  for (const [word, group] of [['every client', Object.keys(calls)], ['every proxy', Object.keys(proxies)]] as const) {
    if (!group.every(name => rest.includes(name))) continue
    words.push(word)
    rest = rest.filter(name => !group.includes(name))
  }
  return [...words, ...rest.map(name => `\`${name}\``)].join(', ')
}

function groupBy<Item> (items: readonly Item[], keyOf: (item: Item) => string): Array<[Item, ...Item[]]> {
  const groups = new Map<string, [Item, ...Item[]]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

/** Returns the code of a region of a test, so that the pages show the tested code. */
function snippet (file: string, region: string): string {
  const source = readFileSync(new URL(`../../test/${file}`, import.meta.url), 'utf8')
  const found = new RegExp(`^( *)// #region ${region}\\n([^]*?)^ *// #endregion`, 'm').exec(source)
  if (found === null) throw new Error(`docs: no region '${region}' in test/${file}.`)
  const [, indent = '', code = ''] = found
  return `\`\`\`ts\n${code.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trim()}\n\`\`\``
}
