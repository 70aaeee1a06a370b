/** The debugger of this process finds the source of functions, also through source maps beside a file, and without one. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import t from 'tap'
import ts from 'typescript'
import { openInspector } from '../../lib/source/inspector.js'

/** Runs a script as one that was loaded from a file, and returns the function that it evaluates to. */
function runScript (file: string): () => unknown {
  return new Script(readFileSync(file, 'utf8'), { filename: file }).runInThisContext() as () => unknown
}

t.test('a function is located with the source map next to its file, unless the map is missing or invalid', async t => {
  const source = '\n\ntype Id = string\n;(function find (id: Id) { return id })\n'
  const { outputText, sourceMapText = '' } = ts.transpileModule(source, { fileName: 'mapped.ts', compilerOptions: { sourceMap: true, module: ts.ModuleKind.None } })
  const folder = t.testdir({
    'mapped.ts': source,
    'mapped.js': outputText,
    'mapped.js.map': sourceMapText,
    'missing.js': '(function () {})\n//# sourceMappingURL=missing.js.map\n',
    'invalid.js': '(function () {})\n//# sourceMappingURL=invalid.js.map\n',
    'invalid.js.map': 'no JSON'
  })
  const [mapped, missing, invalid] = ['mapped.js', 'missing.js', 'invalid.js'].map(name => runScript(join(folder, name))) as [() => unknown, () => unknown, () => unknown]
  const inspector = openInspector()
  t.teardown(() => { inspector.close() })
  t.match(inspector.locate(mapped), { file: join(folder, 'mapped.ts'), line: 3 })
  t.match(inspector.locate(missing), { file: join(folder, 'missing.js'), line: 0 })
  t.match(inspector.locate(invalid), { file: join(folder, 'invalid.js'), line: 0 })
  t.equal(inspector.locate(Math.max), undefined, 'a function of the language')
})

t.test('a source map can be in the file, as text', async t => {
  const map = { version: 3, file: 'plain.js', sources: ['plain.ts'], names: [], mappings: 'AAAA' }
  const folder = t.testdir({ 'plain.js': '' })
  const file = join(folder, 'plain.js')
  writeFileSync(file, `(function () {})\n//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map))}\n`)
  const plain = runScript(file)
  const inspector = openInspector()
  t.teardown(() => { inspector.close() })
  t.match(inspector.locate(plain), { file: join(folder, 'plain.ts'), line: 0 })
})
