/** TypeScript that swc compiled: the findings have the lines of the original source. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync, type JscTarget } from '@swc/core'
import t from 'tap'
import { sources, testCompiled, writeSources } from '../../source/compiled.js'

/** Compiles each file with swc. */
function compile (folder: string, type: 'es6' | 'commonjs', target: JscTarget | undefined, isMinified = false): string {
  mkdirSync(join(folder, 'dist'))
  for (const [name, source] of Object.entries(sources)) {
    const { code, map = '' } = transformSync(source, {
      filename: join(folder, 'src', name),
      sourceFileName: `../src/${name}`,
      sourceMaps: true,
      minify: isMinified,
      module: { type },
      jsc: { parser: { syntax: 'typescript' }, ...target !== undefined && { target }, ...isMinified && { minify: { mangle: true, compress: true } } }
    })
    const file = name.replace('.ts', '.js')
    writeFileSync(join(folder, 'dist', file), `${code}\n//# sourceMappingURL=${file}.map`)
    writeFileSync(join(folder, 'dist', `${file}.map`), map)
  }
  return join(folder, 'dist/plugin.js')
}

const settings: Readonly<Record<string, readonly ['module' | 'commonjs', (folder: string) => string]>> = {
  'ES modules': ['module', folder => compile(folder, 'es6', 'es2022')],
  'ES modules, minified': ['module', folder => compile(folder, 'es6', 'es2022', true)],
  CommonJS: ['commonjs', folder => compile(folder, 'commonjs', 'es2022')],
  'CommonJS of 2017': ['commonjs', folder => compile(folder, 'commonjs', 'es2017')],
  'CommonJS of 2015, in which async functions are generators': ['commonjs', folder => compile(folder, 'commonjs', 'es2015')],
  'the default target': ['commonjs', folder => compile(folder, 'commonjs', undefined)]
}

for (const [name, [type, compile]] of Object.entries(settings)) {
  t.test(name, async t => {
    const folder = writeSources(t, type)
    await testCompiled(t, folder, compile(folder))
  })
}
