/** Compiles TypeScript in a test. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { createProjectFolder } from './project-folder.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The options of a compilation. */
export interface CompileOptions {
  /** Additional files by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Whether to compile for a browser: without the types of Node. The package is also checked without them. @default false */
  readonly browser?: boolean
}

/** Returns the compiler options of an application in a folder. */
export function readCompilerOptions (folder: string, browser = false): ReturnType<typeof ts.convertCompilerOptionsFromJson> {
  return ts.convertCompilerOptionsFromJson({
    module: 'nodenext',
    target: 'es2023',
    ...(browser ? { lib: ['es2023', 'dom', 'dom.iterable'], types: [] } : { lib: ['es2023', 'es2024.string'], types: ['node'] }),
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    paths: {
      'fastify-api-errors': [join(root, 'lib/index.ts')],
      'fastify-api-errors/client': [join(root, 'lib/client/index.ts')],
      'fastify-api-errors/client/pacing': [join(root, 'lib/client/pacing.ts')],
      'fastify-api-errors/api-key': [join(root, 'lib/guards/api-key.ts')],
      'fastify-api-errors/format': [join(root, 'lib/formats/fields.ts')],
      'fastify-api-errors/idempotency': [join(root, 'lib/guards/idempotency.ts')],
      'fastify-api-errors/languages/*': [join(root, 'lib/languages/*.ts')]
    }
  }, folder)
}

/**
 * Creates a program with a file, and calls a function with it. The program is separate, because declarations can change the types of
 * a whole program.
 */
export function withProgram<Result> (
  source: string, { files = {}, browser = false }: CompileOptions, use: (program: ts.Program, folder: string, errors: readonly ts.Diagnostic[]) => Result
): Result {
  const folder = createProjectFolder()
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    for (const [name, text] of Object.entries({ ...files, 'user.ts': source })) writeFileSync(join(folder, name), text)
    const { options, errors } = readCompilerOptions(folder, browser)
    const more = browser ? [] : [join(root, 'lib/index.ts')]
    const settings = { ...options, configFilePath: join(folder, 'tsconfig.json') }
    return use(ts.createProgram([join(folder, 'user.ts'), ...more], settings, createHost(settings, folder)), folder, errors)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The parsed files of the package and of its dependencies, because parsing them again for each program takes a second. */
const parsedFiles = new Map<string, ts.SourceFile | undefined>()

/** Creates a host that parses a file once, unless it is in the folder of the program. */
function createHost (options: ts.CompilerOptions, folder: string): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const getSourceFile: ts.CompilerHost['getSourceFile'] = (name, target, ...more) => {
    if (name.startsWith(folder)) return host.getSourceFile(name, target, ...more)
    const key = `${name} ${JSON.stringify([target, options.lib, options.types])}`
    if (!parsedFiles.has(key)) parsedFiles.set(key, host.getSourceFile(name, target, ...more))
    return parsedFiles.get(key)
  }
  return { ...host, getSourceFile }
}

/** Returns the messages of the TypeScript compiler about a file. Empty if it compiles. */
export function compile (source: string, options: CompileOptions = {}): string {
  return withProgram(source, options, (program, folder, errors) => {
    // The package itself is checked with the project. Checking it again for each program would take most of the time.
    const checked = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder) || (options.browser && fileName.startsWith(join(root, 'lib'))))
    return ts.formatDiagnostics([
      ...errors,
      ...program.getOptionsDiagnostics(),
      ...program.getGlobalDiagnostics(),
      ...checked.flatMap(file => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    ], { getCurrentDirectory: () => folder, getCanonicalFileName: name => name, getNewLine: () => '\n' })
  })
}
