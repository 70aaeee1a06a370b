/** Runs other tools on OpenAPI documents: Spectral, Redocly and the JSON Schemas of OpenAPI. */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Validator } from '@seriousme/openapi-schema-validator'

/** The problems that a tool finds in the documents. A valid document has none. */
export type Validate = (files: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>

const require = createRequire(import.meta.url)
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Runs the command of a package with this version of Node. It needs no network. */
function run (name: string, program: string, args: readonly string[]): Promise<string> {
  const { bin } = require(`${name}/package.json`) as { readonly bin: Readonly<Record<string, string>> }
  const path = join(dirname(require.resolve(`${name}/package.json`)), bin[program] as string)
  const env = { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_TELEMETRY: 'off' }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [path, ...args], { env, maxBuffer: 1e9 }, (error, stdout, stderr) => {
      // Both exit with 1 if they find a problem, and print it as JSON.
      if (stdout.trimStart().match(/^[[{]/)) resolve(stdout)
      else reject(error ?? new Error(`${name} said nothing: ${stderr}`))
    })
  })
}

interface SpectralFinding {
  readonly source: string
  readonly code: string
  readonly message: string
  readonly path: readonly string[]
}

/** Runs Spectral with `spectral:oas` and the OWASP ruleset. A hint counts as an error. */
export const spectral: Validate = async files => {
  if (files.length === 0) return new Map()
  const output = await run('@stoplight/spectral-cli', 'spectral', [
    'lint',
    '--ruleset',
    here('spectral.mjs'),
    '--format',
    'json',
    '--fail-severity',
    'hint',
    ...files
  ])
  const findings = JSON.parse(output.slice(0, output.lastIndexOf(']') + 1)) as readonly SpectralFinding[]
  return new Map(
    files.map(file => [
      file,
      findings.filter(({ source }) => source === file).map(({ code, message, path }) =>
        `${code}: ${message} (${path.join('.')})`
      )
    ])
  )
}

interface RedoclyReport {
  readonly problems: ReadonlyArray<
    {
      readonly ruleId: string,
      readonly message: string,
      readonly location: ReadonlyArray<{ readonly pointer: string }>
    }
  >
}

/** Runs Redocly with `recommended-strict` and additional rules. `problem` also has the rules of RFC 9457. */
export function redocly (isProblem: (file: string) => boolean): Validate {
  return async files => {
    const findings = new Map<string, readonly string[]>()
    for (const file of files) {
      const skipped = isProblem(file) ? [] : ['--skip-rule', 'operation-4xx-problem-details-rfc7807']
      const output = await run('@redocly/cli', 'redocly', [
        'lint',
        '--config',
        here('redocly.yaml'),
        '--format',
        'json',
        '--max-problems',
        '1000',
        ...skipped,
        file
      ])
      const { problems } = JSON.parse(output) as RedoclyReport
      findings.set(
        file,
        problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer ?? ''})`)
      )
    }
    return findings
  }
}

/** Validates with the JSON Schemas of OpenAPI itself. */
export const schemaValidator: Validate = async files => {
  const findings = new Map<string, readonly string[]>()
  for (const file of files) {
    const { valid, errors } = await new Validator().validate(file) as {
      readonly valid: boolean,
      readonly errors?: unknown
    }
    findings.set(file, valid ? [] : [JSON.stringify(errors)])
  }
  return findings
}
