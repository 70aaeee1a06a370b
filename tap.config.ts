/**
 * The options of tap that this project uses, with the names of its configuration file. A misspelled option does not
 * compile.
 */
interface TapConfig {
  /** Globs of the files with tests. */
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  /** Plugins to use. With an exclamation mark, a built-in plugin to omit. */
  readonly plugin?: readonly string[]
  readonly 'node-arg'?: readonly string[]
  /** Seconds for one test file, and for each of its tests. */
  readonly timeout?: number
  /** The number of test files that run at the same time. */
  readonly jobs?: number
  readonly reporter?: 'base' | 'dot' | 'list' | 'min' | 'spec' | 'tap' | 'terse'
  readonly 'coverage-map'?: string
}

/** The configuration of the tests. `test/tap.ts` passes it to tap. */
const config: TapConfig = {
  include: ['test/**/*.test.ts'],
  // tsx runs the tests: it starts faster than tap's own compiler and follows the paths of tsconfig.json.
  plugin: ['!@tapjs/typescript'],
  'node-arg': ['--import=tsx', '--import=./test/helpers/load-packages.mjs'],
  timeout: 900,
  // Twice as many as most continuous integration machines have cores, because many tests wait for servers and
  // processes.
  jobs: 4
}

/**
 * Folders whose test files run in one process, because starting a process takes more time than most of these files.
 * With a process for each file, the full run took 24 minutes instead of 20.
 */
export const sharedFolders: readonly string[] = [
  'catalog', 'client', 'fastify', 'formats', 'helpers', 'infer', 'integrations/source/databases', 'languages', 'openapi',
  'reference', 'respond', 'samples', 'server', 'source', 'support', 'translate', 'verify'
].map(folder => `test/${folder}`)

/**
 * Files in these folders that need a separate process, because they check what the process, Fastify or a plugin does
 * first.
 */
export const separateFiles: readonly string[] = [
  'test/fastify/internals.test.ts',
  'test/infer/code/rethrowing-handlers.test.ts'
]

export default config
