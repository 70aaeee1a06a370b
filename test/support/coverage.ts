import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

/** What a process leaves behind of the coverage that V8 measured in it. */
interface Measured {
  result: Array<{ readonly url: string, readonly functions: readonly unknown[] }>
  readonly 'source-map-cache'?: Readonly<Record<string, { readonly data: { sourcesContent?: readonly string[], readonly mappings?: string } | null }>>
}

/**
 * Makes the coverage that the tests left tell the truth about a folder of sources: it is cut down to that folder; each
 * source map gets its source, which tsx leaves out, and without which tap's report finds no line to count and says
 * 100 %; and a file that no test has loaded counts with all its lines, where it has more than types.
 *
 * @param coverage the folder of what was measured
 * @param sources the folder whose TypeScript files are to be covered
 */
export function completeCoverage (coverage: string, sources: string): void {
  const modules = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  const unloaded = new Map(modules.map(name => [pathToFileURL(join(sources, name)).href, readFileSync(join(sources, name), 'utf8')]))
  const contents = new Map(unloaded)
  const usualMappings = findUsualMappings(coverage)
  for (const name of readdirSync(coverage)) {
    const measured = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as Measured
    measured.result = measured.result.filter(({ url }) => contents.has(url) && getMappings(measured, url) === usualMappings.get(url))
    for (const { url } of measured.result) {
      const { data } = measured['source-map-cache']?.[url] ?? {}
      if (data) data.sourcesContent = [contents.get(url) as string]
      unloaded.delete(url)
    }
    writeFileSync(join(coverage, name), JSON.stringify(measured))
  }
  const uncovered: Measured = {
    result: [...unloaded].filter(([, source]) => hasCode(source)).map(([url, { length }]) => ({
      url,
      functions: [{ functionName: '', isBlockCoverage: true, ranges: [{ startOffset: 0, endOffset: length, count: 0 }] }]
    }))
  }
  writeFileSync(join(coverage, 'unloaded.json'), JSON.stringify(uncovered))
}

/**
 * Returns the mappings of each file that most processes have. A process that runs in a folder with another tsconfig.json gets
 * other JavaScript for the same file, whose ranges cannot be added to the usual ones.
 */
function findUsualMappings (coverage: string): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>()
  for (const name of readdirSync(coverage)) {
    const measured = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as Measured
    for (const { url } of measured.result) {
      const mappings = getMappings(measured, url)
      const ofFile = counts.get(url) ?? new Map<string, number>()
      counts.set(url, ofFile.set(mappings, (ofFile.get(mappings) ?? 0) + 1))
    }
  }
  return new Map([...counts].map(([url, ofFile]) => [url, [...ofFile].reduce((a, b) => b[1] > a[1] ? b : a)[0]]))
}

function getMappings (measured: Measured, url: string): string {
  return measured['source-map-cache']?.[url]?.data?.mappings ?? ''
}

/** The share of each file that was covered, in percent, as the reporter `json-summary` writes it. */
type Summary = Readonly<Record<string, Readonly<Record<'lines' | 'statements' | 'branches' | 'functions', { readonly pct: number }>>>>

/** Returns a sentence for each file that is not covered completely, except for some files, and for those in some folders. */
export function listUncovered (summary: Summary, except: readonly string[]): string[] {
  return Object.entries(summary)
    .filter(([file]) => file !== 'total' && !except.some(path => file.startsWith(path)))
    .flatMap(([file, kinds]) => Object.entries(kinds).filter(([, { pct }]) => pct < 100).map(([kind, { pct }]) => `${file}: expected 100 % of its ${kind} to be covered, got ${pct} %.`))
}

/** Whether anything of a source is left when its types are taken out. */
function hasCode (source: string): boolean {
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, removeComments: true } })
  return outputText.trim() !== 'export {};'
}
