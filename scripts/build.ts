/**
 * Builds the package: `npm run build`. Compiles lib/ to dist/, copies the files of the reference pages, and writes the types for
 * CommonJS.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
cpSync(join(root, 'lib'), dist, { recursive: true, filter: path => ['', '.css', '.js', '.svg'].includes(extname(path)) })

// Node can `require()` ES modules, but with most module settings, TypeScript rejects the types of an ES module in a CommonJS file.
// So each entry of package.json also has a CommonJS file that loads the module, and CommonJS types.
const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly exports: Readonly<Record<string, { readonly default?: string }>> }
const written = new Set<string>()
for (const { default: file } of Object.values(entries)) {
  if (file === undefined) continue
  const path = join(root, file.replace(/\.js$/, ''))
  writeFileSync(`${path}.cjs`, `module.exports = require('./${basename(path)}.js')\n`)
  writeCommonJsTypes(path)
}

function writeCommonJsTypes (path: string): void {
  if (written.has(path)) return
  written.add(path)
  const types = readFileSync(`${path}.d.ts`, 'utf8')
  // A program can have files of both kinds, but only one declaration of the package's additions to Fastify's types.
  // TypeBox's types for ES modules and for CommonJS are not assignable to each other, so the CommonJS types are those of the ES modules.
  const source = types.replace(/^declare module [^]*?^\}/gm, `import type {} from './${basename(path)}.js' with { 'resolution-mode': 'import' };`)
    .replace(/^import (?:type )?(\{.*\}) from '@sinclair\/typebox'(?! with)/gm, (_, names: string) =>
      `import type ${names.replace(/\btype /g, '')} from '@sinclair/typebox' with { 'resolution-mode': 'import' }`)
  writeFileSync(`${path}.d.cts`, source.replace(/(['"])(\.{1,2}\/[^'"]+)\.js\1(?! with)/g, (_, quote: string, imported: string) => {
    const target = join(dirname(path), imported)
    if (existsSync(`${target}.d.ts`)) writeCommonJsTypes(target)
    return `${quote}${imported}.cjs${quote}`
  }))
}
