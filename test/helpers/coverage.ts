/** Prepares the coverage data of V8 for the report of tap. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'

/** The calls of a function. `isBlockCoverage` says whether its parts were counted, too. */
interface MeasuredFunction {
  readonly functionName: string
  isBlockCoverage: boolean
  ranges: ReadonlyArray<{ readonly startOffset: number, readonly endOffset: number, readonly count: number }>
}

/** The coverage data that V8 writes for a process. */
interface Measured {
  result: Array<{ readonly url: string, readonly functions: readonly MeasuredFunction[] }>
  readonly 'source-map-cache'?: Readonly<Record<string, { readonly data: { sourcesContent?: readonly string[], readonly mappings?: string } | null }>>
}

/**
 * Corrects the coverage data of the tests for a folder of sources. It removes all other files, and the data of processes
 * that were killed before they had written all of it. It adds the source to each source map, because tsx omits it, and
 * without it the report of tap finds no lines to count and shows 100 %. A file that no test has loaded counts with all its
 * lines, unless it only has types.
 *
 * @param coverage the folder of the coverage data
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
    for (const { url, functions } of measured.result) {
      // A process that opens its debugger measures a function as a whole. V8's report would prefer the parts that another
      // process did not reach.
      for (const fn of functions) {
        fn.isBlockCoverage ||= fn.ranges.some(({ count }) => count > 0)
        if (isImportHelper(fn)) fn.ranges = fn.ranges.slice(0, 1)
      }
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

/** Reads the coverage data of a process. If the process was killed while it wrote the data, removes the file and returns `undefined`. */
function readOrRemove (file: string): Measured | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Measured
  } catch {
    rmSync(file)
    return undefined
  }
}

/** The function that tsx adds after each `import()`. The sources do not contain its branches. */
const importHelper = 's=>{const e="default";return s[e]&&typeof s[e]=="object"&&"__esModule"in s[e]?s[e]:s}'

/** The offsets of the branches in the helper. */
const helperBranches = ['&&typeof', '&&"__esModule"'].map(text => importHelper.indexOf(text))

function isImportHelper ({ functionName, ranges: [whole, branch] }: MeasuredFunction): boolean {
  return functionName === '' && whole !== undefined && branch !== undefined && whole.endOffset - whole.startOffset === importHelper.length &&
    helperBranches.includes(branch.startOffset - whole.startOffset)
}

/**
 * Returns the mappings that most processes have for each file. A process in a folder with another tsconfig.json gets
 * other JavaScript for the same file. Its ranges cannot be added to the usual ones. Incomplete files are removed.
 */
function findUsualMappings (coverage: string): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>()
  for (const name of readdirSync(coverage)) {
    const measured = readOrRemove(join(coverage, name))
    if (measured === undefined) continue
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

/** The covered share of each file in percent, in the format of the reporter `json-summary`. */
type Summary = Readonly<Record<string, Readonly<Record<'lines' | 'statements' | 'branches' | 'functions', { readonly pct: number }>>>>

/** Returns a sentence for each kind of coverage of each file that is not complete. */
export function listUncovered (summary: Summary): string[] {
  return Object.entries(summary)
    .filter(([file]) => file !== 'total')
    .flatMap(([file, kinds]) => Object.entries(kinds).filter(([, { pct }]) => pct < 100).map(([kind, { pct }]) => `${file}: expected 100 % of its ${kind} to be covered, got ${pct} %.`))
}

/** Returns whether a source has any code when its types are removed. */
function hasCode (source: string): boolean {
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, removeComments: true } })
  return outputText.trim() !== 'export {};'
}
