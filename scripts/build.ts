/**
 * Builds the package: `npm run build`. Bundles lib/ into few files, because each file costs time when the package is
 * imported, writes the types of the entries, and copies the files of the reference pages.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transformSync, type Plugin } from 'esbuild'
import { minify } from 'terser'
import ts from 'typescript'
import { selectTypes } from './select-types.js'
import { shortenAsset } from './shorten-asset.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

/** The modules of package.json, without their extension: `dist/index`. */
const modules = Object.values(manifest.exports).flatMap(target =>
  typeof target === 'string' ? [] : [target.default.replace(/^\.\/|\.js$/g, '')]
)
const commands = Object.values(manifest.bin).map(path => path.replace(/^\.\/|\.js$/g, ''))

/**
 * Files that run only at startup, while a document or a page is created, or inside a translator, and small helpers.
 * They call no function of the application during a request, so no stack of the application shows their functions, and
 * these have short names.
 */
const filesWithShortNames = new RegExp(`/lib/(${
  [
    '(infer|openapi|reference|samples|verify)/.*',
    'catalog/(code-syntax|complete-definition|deprecation|error-headers|issues|meta-schema|response-codes|response-content|retry-advice)',
    'fastify/(composed-hooks|declared-statuses|early-routes|find-plugin-function|rate-limit-plugin-options|registrations|routes|scopes)',
    'formats/(check-examples|markdown|reasons-by-field)',
    'guards/(api-key/(credential|key|record)|idempotency/(fingerprint|key|memory-store|response))',
    'languages/(choose-language|resolve-languages)', 'options',
    'rate-limit/(429-response|check-policies|header-fields|inherit-limits|memory-store|policies|policy-numbers|route-limits|store-failure)',
    'respond/(accept-header|allow-header|bearer-challenge|choose-format|convert-sent-messages|log-errors|malformed-field|not-found-handler|sent-errors)',
    'server/(list-all-errors|malformed-http|schema-error-formatter|server-options|unknown-methods)',
    'support/(describe-value|encode-uri|escape-markdown|expect-option|http-syntax|ip-allowlist|is-message-body|json-schema|merge-fields|normalize-address|omit-command|parse-address|parse-json-file|path-parameters|read-generated-file|redact|subschemas|typebox-registry)',
    'translate/((databases|upstreams|validation)/.*|error-status|fastify-errors|http-errors|plugin-codes|plugin-errors|programming-mistakes|reply-status)'
  ].join('|')
})\\.ts$`.replaceAll('/', '[\\\\/]'))

rmSync(dist, { recursive: true, force: true })
await writeModules()
writeTypes()

/** Shortens the local names in files. */
function shortenNames (filter: RegExp): Plugin {
  return {
    name: 'shorten-names',
    setup: ({ onLoad }) =>
      onLoad({ filter }, ({ path }) => {
        const loader = path.endsWith('.ts') ? 'ts' : 'js'
        return {
          contents:
            transformSync(readFileSync(path, 'utf8'), { format: 'esm', loader, minify: true, target: 'node20' }).code,
          loader: 'js'
        }
      })
  }
}

/**
 * Keeps the dynamic imports of a package. They load the copy of the application, with what the application registered
 * in it.
 */
function leaveDynamicImports (filter: RegExp): Plugin {
  return {
    name: 'leave-dynamic-imports',
    setup: ({ onResolve }) =>
      onResolve({ filter }, ({ kind, path }) => kind === 'dynamic-import' ? { path, external: true } : undefined)
  }
}

/** Shortens code. esbuild cannot keep the names of functions while it shortens all others. */
async function shortenCode (code: string, keepsNames: boolean, isMostlyText: boolean): Promise<string> {
  const names = { keep_fnames: keepsNames, keep_classnames: keepsNames }
  // esbuild writes a class as `var Name = class {}`, so the class has the name of the variable. Logs show it as the
  // type of an error.
  const classes = keepsNames ? code.match(/\w+(?==class\b)/g) ?? [] : []
  const { code: shortened } = await minify(code, {
    module: true,
    ecma: 2020,
    // Methods that are written as functions but use no `this` become arrow functions. No code calls one with `new`.
    compress: {
      ...names,
      passes: 2,
      unsafe_arrows: true,
      hoist_funs: true,
      ...(keepsNames && { inline: false, reduce_funcs: false, hoist_props: false })
    },
    mangle: { ...names, reserved: classes },
    // If an error is not caught, Node prints the line that threw it. One character beyond ASCII doubles the memory of a
    // file, and the time in which V8 reads it. Only the languages have many.
    format: { ...(keepsNames && { max_line_len: 1000 }), ascii_only: !isMostlyText }
  })
  if (shortened === undefined) throw new Error('terser returned no code')
  return shortened
}

/**
 * Writes the JavaScript. What only a dynamic import reaches is in separate files, which are loaded when they are
 * needed.
 */
async function writeModules (): Promise<void> {
  const { metafile: { outputs } } = await build({
    absWorkingDir: root,
    entryPoints: [...modules, ...commands].map(path => path.replace(/^dist/, 'lib') + '.ts'),
    outbase: 'lib',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'utf8',
    // TypeBox has 200 files, but the package uses 12 of its builders. Its symbols are global, so its other copies
    // understand the schemas.
    external: [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)].filter(name =>
      name !== '@sinclair/typebox'
    ),
    plugins: [
      leaveDynamicImports(/^@sinclair\/typebox/),
      shortenNames(/@sinclair[\\/]typebox[\\/].*\.mjs$/),
      shortenNames(filesWithShortNames)
    ],
    metafile: true,
    logLevel: 'warning'
  })
  // Stack traces show the names of functions and classes, so these stay in the files that an entry loads. All other
  // names become short.
  const loaded = new Set<string>()
  const load = (file: string): void => {
    if (loaded.has(file)) return
    loaded.add(file)
    for (const { path, external, kind } of outputs[file]?.imports ?? []) {
      if (external !== true && kind !== 'dynamic-import') load(path)
    }
  }
  for (const path of modules) load(`${path}.js`)
  for (const file of Object.keys(outputs)) {
    const path = join(root, file)
    const code = readFileSync(path, 'utf8')
    writeFileSync(path, await shortenCode(code, loaded.has(file), file.startsWith('dist/languages/')))
  }
  // A file that reads them finds them by `import.meta.url`, and each such file is in this folder.
  const assets = join(root, 'lib/reference/render')
  for (const file of readdirSync(assets)) {
    if (extname(file) !== '.ts') {
      writeFileSync(join(dist, 'chunks', file), shortenAsset(file, readFileSync(join(assets, file), 'utf8')))
    }
  }
}

/**
 * Writes the types that the entries reach. Node can `require()` ES modules, but with most module settings, TypeScript
 * rejects the types of an ES module in a CommonJS file. So each entry also has a CommonJS file that loads the module,
 * and CommonJS types.
 */
function writeTypes (): void {
  const compiled = mkdtempSync(join(tmpdir(), 'types-'))
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', compiled], {
    cwd: root,
    stdio: 'inherit'
  })
  if (status !== 0) process.exit(status ?? 1)
  for (
    const [file, types] of selectTypes(modules.map(path => join(compiled, `${relative('dist', path)}.d.ts`)), compiled)
  ) {
    const path = join(dist, relative(compiled, file))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(
      path,
      omitProse(types).replace(/^ +(?=\*)/gm, '').replace(/^(?: {4})+/gm, indent => ' '.repeat(indent.length / 4))
    )
  }
  for (const path of modules) {
    writeFileSync(join(root, `${path}.cjs`), `module.exports = require('./${basename(path)}.js')\n`)
    writeFileSync(join(root, `${path}.d.cts`), createCommonJsTypes(join(compiled, `${relative('dist', path)}.d.ts`)))
  }
  rmSync(compiled, { recursive: true })
}

/**
 * Removes the literal types of descriptions, actions, examples, types and retry advice of definitions. No type depends
 * on them, and they would be a tenth of all types.
 */
function omitProse (types: string): string {
  const file = ts.createSourceFile('types.d.ts', types, ts.ScriptTarget.Latest, true)
  const omitted: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    const isProse = ts.isPropertySignature(node) && ts.isTypeLiteralNode(node.parent) &&
      isUnusedProperty(node.name.getText(file), node.parent, file) &&
      node.type !== undefined && (ts.isLiteralTypeNode(node.type) || ts.isTypeLiteralNode(node.type))
    if (isProse) omitted.push(node)
    else {
      ts.forEachChild(node, child => {
        visit(child)
      })
    }
  }
  file.forEachChild(visit)
  return omitted.reduceRight((rest, { pos, end }) => rest.slice(0, pos) + rest.slice(end), types)
}

/**
 * Returns whether no type depends on the value of a property of a definition. A schema also has a `type`, but no
 * `status`.
 */
function isUnusedProperty (name: string, { members }: ts.TypeLiteralNode, file: ts.SourceFile): boolean {
  return /^(description|action|example)$/.test(name) ||
    (/^(type|retry)$/.test(name) && members.some(member => member.name?.getText(file) === 'status'))
}

/**
 * Returns the types of a CommonJS file. Its exports have the types of the ES module, so that a program can have files
 * of both kinds.
 */
function createCommonJsTypes (file: string): string {
  const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, skipLibCheck: true, types: [] })
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.Node) as ts.Symbol
  const from = `from './${basename(file, '.d.ts')}.js' with { 'resolution-mode': 'import' };`
  const types: string[] = []
  const lines = checker.getExportsOfModule(module).flatMap(symbol => {
    const { name } = symbol
    const exportedSymbol = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const { flags, declarations = [] } = exportedSymbol
    if (!(flags & ts.SymbolFlags.Value)) {
      types.push(name)
      return []
    }
    // An editor finds the description of a function at its only signature, which is that of the ES module.
    const isDescribed = checker.getTypeOfSymbol(exportedSymbol).getCallSignatures().length === 1
    const docs = isDescribed
      ? ''
      : declarations.flatMap(each => ts.getJSDocCommentsAndTags(each).filter(ts.isJSDoc)).map(each =>
        `${each.getText()}\n`
      ).join('')
    if (name === 'default') return [`${docs}declare const _default: typeof all.default;`, 'export default _default;']
    return [
      `${docs}export declare const ${name}: typeof all.${name};`,
      ...(flags & ts.SymbolFlags.Type ? [`export type ${name} = all.${name};`] : [])
    ]
  })
  return [`import type * as all ${from}`, ...lines, `export type { ${types.join(', ')} } ${from}`, ''].join('\n')
}
