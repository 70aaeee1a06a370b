/** Generates clients from the documents of the example, and compiles programs that use them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@hey-api/openapi-ts'
import openapiTypescript, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { folder, type CheckedDocument } from './documents.js'

/** The client generators. Each has a file in `clients/` that switches over the codes of the generated client. */
export const generators = {
  'openapi-fetch': async (document, output) => {
    writeFileSync(join(output, 'client.ts'), astToString(await openapiTypescript(readFileSync(document, 'utf8'))))
  },
  'hey-api': async (document, output) => {
    await createClient({
      input: document,
      output: { path: join(output, 'client') },
      logs: { level: 'silent', file: false }
    })
  },
  orval: async (document, output) => {
    const { log } = console
    console.log = () => {} // The generator logs with the function that exists when it is loaded.
    try {
      const { generate } = await import('orval')
      await generate({ input: { target: document }, output: { target: join(output, 'client.ts'), client: 'fetch' } })
    } finally {
      console.log = log
    }
  }
} as const satisfies Readonly<Record<string, (document: string, output: string) => Promise<void>>>

/** A name of {@link generators}. */
export type Generator = keyof typeof generators

/** Where a body has a value that no other code has. */
interface Identifier {
  /** The path of the field: `code`, `error.code`. */
  readonly path: string
  /** Returns the value of a code. */
  readonly toValue: (code: string) => string
}

const createIdentifier = (path: string, toValue: Identifier['toValue'] = code => code): Identifier => ({
  path,
  toValue
})
const toExceptionName = (code: string): string =>
  `${code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Exception`

/**
 * The formats whose bodies identify the code. In the others, several codes have the same value, the code is inside a
 * list, or there is none.
 */
const identifiers: Readonly<Record<string, Identifier>> = {
  code: createIdentifier('code'),
  typed: createIdentifier('code'),
  problem: createIdentifier('code'),
  error: createIdentifier('error'),
  github: createIdentifier('code'),
  'code-request-id': createIdentifier('code'),
  'error-help': createIdentifier('code'),
  fastify: createIdentifier('code'),
  slack: createIdentifier('error'),
  stripe: createIdentifier('error.code'),
  odata: createIdentifier('error.code'),
  'success-error-meta': createIdentifier('error.code'),
  paypal: createIdentifier('name', code => code.toUpperCase()),
  'aws-json': createIdentifier('__type', toExceptionName),
  x: createIdentifier('type', code => `https://api.example.com/problems/${code}`)
}

/** Returns a program that switches over the codes, for the bodies of a format. */
function adaptProgram (source: string, { path, toValue }: Identifier): string {
  // TypeScript narrows the object that has the field, so the value that must be `never` is this object.
  const owner = `error.${path}`.replace(/\.\w+$/, '')
  return source
    .replaceAll('unreachable(error)', `unreachable(${owner})`)
    .replaceAll('error.code', `error.${path}`)
    .replace(/case '(\w+)'/g, (_, code: string) => `case '${toValue(code)}'`)
}

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  paths: { 'openapi-fetch': [fileURLToPath(new URL('../node_modules/openapi-fetch', import.meta.url))] },
  skipLibCheck: true
}

/** The parsed libraries of TypeScript. All programs share them, because parsing them takes longer than the rest. */
const libraries = new Map<string, ts.SourceFile | undefined>()

/** Returns the errors of the TypeScript compiler, with `--strict`, for programs that differ in one file. */
function createCompiler (file: string): (source: string) => string[] {
  let program: ts.Program | undefined
  let text = ''
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  const kept = new Map<string, ts.SourceFile | undefined>()
  host.getSourceFile = (name, ...rest) => {
    if (name === file) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022)
    const files = name.includes('/node_modules/typescript/lib/') ? libraries : kept
    if (!files.has(name)) files.set(name, getSourceFile(name, ...rest))
    return files.get(name)
  }
  return source => {
    text = source
    program = ts.createProgram([file], options, host, program)
    return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
      const { line = 0 } = file === undefined ? {} : file.getLineAndCharacterOfPosition(start ?? 0)
      return `${file?.fileName ?? ''}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  }
}

/**
 * Generates the client of a document, and compiles the file that switches over its codes.
 *
 * @param everyCase if true, each `case` is removed in turn, and the file must not compile. If false, only one is
 * removed
 */
export async function checkClient (
  generator: Generator,
  { title, file, format }: CheckedDocument,
  everyCase: boolean
): Promise<string[]> {
  const output = join(folder, `${title} ${generator}`.replaceAll(' ', '-'))
  mkdirSync(output, { recursive: true })
  await generators[generator](file, output)
  const identifier = identifiers[format.name]
  const compile = createCompiler(join(output, 'user.ts'))
  if (identifier === undefined) return compile("export type * from './client'\n")
  const source = adaptProgram(
    readFileSync(fileURLToPath(new URL(`clients/${generator}.ts`, import.meta.url)), 'utf8'),
    identifier
  )
  writeFileSync(join(output, 'user.ts'), source)
  const complaints = compile(source)
  if (complaints.length > 0) return complaints
  const cases = source.match(/^ *case '.*\n/gm) ?? []
  return cases.slice(0, everyCase ? cases.length : 1).flatMap(line =>
    compile(source.replace(line, '')).some(complaint => complaint.includes("to parameter of type 'never'"))
      ? []
      : [`compiles without ${line.trim()}`]
  )
}
