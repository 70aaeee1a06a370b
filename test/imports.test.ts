/** The import graph of lib/ has no cycle. The linter keeps the table of folders; this test also sees cycles inside a folder. */
import t from 'tap'
import { readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../lib', import.meta.url))

/** Returns the files of lib/ that a file imports, types included. */
function listImports (file: string): string[] {
  return ts.preProcessFile(ts.sys.readFile(file) ?? '', true, true).importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => resolve(dirname(file), fileName.replace(/\.js$/, '.ts')))
}

/** Returns the first cycle of a graph as the files on it, or `undefined` if there is none. */
function findCycle (graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file])
      if (cycle !== undefined) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of graph.keys()) {
    const cycle = visit(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

t.test('no file in lib/ is part of an import cycle', t => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts')).map(name => join(root, name))
  const graph = new Map(files.map(file => [file, listImports(file)]))
  t.ok(graph.size > 100, 'the files are found')
  t.ok([...graph.values()].flat().length > 400, 'their imports are found')
  t.strictSame(findCycle(graph)?.map(file => relative(root, file)), undefined)
  t.end()
})

t.test('an import cycle is reported', t => {
  t.strictSame(findCycle(new Map([['a', ['b']], ['b', ['c', 'd']], ['c', []], ['d', ['b']]])), ['b', 'd', 'b'])
  t.end()
})
