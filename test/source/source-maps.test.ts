/** Compiled TypeScript: the findings have the lines of the original source. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync, transformSync } from 'esbuild'
import t from 'tap'
import ts from 'typescript'
import { sources, testCompiled, writeSources } from './compiled.js'

/** Writes a compiled file next to its source map. */
function write (folder: string, name: string, code: string, map = ''): void {
  mkdirSync(join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'dist', name), code)
  if (map !== '') writeFileSync(join(folder, 'dist', `${name}.map`), map)
}

/** Compiles each file with tsc. */
function compile (folder: string, module: ts.ModuleKind, target: ts.ScriptTarget): string {
  for (const [name, source] of Object.entries(sources)) {
    const { outputText, sourceMapText = '' } = ts.transpileModule(source, {
      fileName: `../src/${name}`, compilerOptions: { module, target, sourceMap: true }
    })
    const map = JSON.stringify({ ...JSON.parse(sourceMapText) as object, sources: [`../src/${name}`] })
    write(folder, name.replace('.ts', '.js'), outputText, map)
  }
  return join(folder, 'dist/plugin.js')
}

const compilers: Readonly<Record<string, readonly ['module' | 'commonjs', (folder: string) => string]>> = {
  tsx: ['module', folder => join(folder, 'src/plugin.ts')],
  'tsx, as CommonJS': ['commonjs', folder => join(folder, 'src/plugin.ts')],
  tsc: ['module', folder => compile(folder, ts.ModuleKind.ESNext, ts.ScriptTarget.ES2022)],
  'tsc to CommonJS': ['commonjs', folder => compile(folder, ts.ModuleKind.CommonJS, ts.ScriptTarget.ES2022)],
  'tsc to CommonJS of 2017': ['commonjs', folder => compile(folder, ts.ModuleKind.CommonJS, ts.ScriptTarget.ES2017)],
  'esbuild, one output for each file': ['module', folder => {
    for (const [name, source] of Object.entries(sources)) write(folder, name.replace('.ts', '.js'), transformSync(source, { loader: 'ts', format: 'esm', minify: true, sourcemap: 'inline', sourcefile: `../src/${name}` }).code)
    return join(folder, 'dist/plugin.js')
  }],
  'esbuild, bundled': ['module', folder => {
    buildSync({ entryPoints: [join(folder, 'src/plugin.ts')], outfile: join(folder, 'dist/bundle.js'), bundle: true, packages: 'external', format: 'esm', sourcemap: true, logLevel: 'error' })
    return join(folder, 'dist/bundle.js')
  }],
  'esbuild, bundled as CommonJS and minified': ['commonjs', folder => {
    buildSync({ entryPoints: [join(folder, 'src/plugin.ts')], outfile: join(folder, 'dist/bundle.js'), bundle: true, packages: 'external', platform: 'node', format: 'cjs', minify: true, keepNames: true, sourcemap: 'inline', logLevel: 'error' })
    return join(folder, 'dist/bundle.js')
  }]
}

for (const [name, [type, compile]] of Object.entries(compilers)) {
  t.test(name, async t => {
    const folder = writeSources(t, type)
    await testCompiled(t, folder, compile(folder))
  })
}
