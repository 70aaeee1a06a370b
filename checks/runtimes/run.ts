/**
 * Runs the built package in Node.js 20 to 26, Bun, Deno and an AWS Lambda function, and with the first Fastify 5:
 * `npm run check:runtimes`. Each must respond to the same failures in the same way.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(here, '.project')

/** The responses to the requests of program.mjs. */
const responses = {
  'a thrown error': '404 resource_not_found',
  'a bug': '500 internal_error',
  'an unknown route': '404 route_not_found',
  'an unsupported method': '405 method_not_allowed',
  'invalid fields': '422 validation_error email email age type',
  'invalid JSON': '400 invalid_request',
  'an invalid URL': '400 invalid_request',
  'malformed HTTP': '400 invalid_request'
}

const program = { file: 'program.mjs', expected: responses, fastify: join(root, 'node_modules/fastify') }
const lambda = {
  ...program,
  file: 'lambda.mjs',
  expected: { 'an unsupported method': '405 method_not_allowed, Allow: GET, HEAD' }
}

const binary = (path: string): string => join(here, 'node_modules', path)

/** The runtimes, each with its command, its program and its copy of Fastify. */
const runtimes: Readonly<
  Record<
    string,
    { readonly command: readonly string[], readonly file: string, readonly expected: object, readonly fastify: string }
  >
> = {
  'this Node.js': { command: [process.execPath], ...program },
  'this Node.js with Fastify 5.0': { command: [process.execPath], ...program, fastify: binary('fastify-5.0') },
  'Node.js 22': { command: [binary('node-22/bin/node')], ...program },
  'Node.js 24': { command: [binary('node-24/bin/node')], ...program },
  'Node.js 26': { command: [binary('node-26/bin/node')], ...program },
  Bun: { command: [binary('bun/bin/bun.exe')], ...program },
  Deno: { command: [binary('.bin/deno'), 'run', '--allow-all', '--node-modules-dir=manual'], ...program },
  'AWS Lambda': { command: [process.execPath], ...lambda }
}

function run (
  command: string,
  args: readonly string[],
  cwd: string
): { readonly status: number | null, readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, output: error === undefined ? `${stdout}${stderr}`.trim() : error.message }
}

/** Links the package and its dependencies into an empty project. */
function createProject (fastify: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  for (
    const name of readdirSync(join(root, 'node_modules')).filter(name =>
      !name.startsWith('.') && name !== '@fastify' && name !== 'fastify'
    )
  ) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  mkdirSync(join(folder, 'node_modules/@fastify'))
  for (const modules of [join(root, 'node_modules/@fastify'), binary('@fastify')]) {
    for (const name of readdirSync(modules).filter(name => modules.startsWith(here) === (name === 'aws-lambda'))) {
      symlinkSync(join(modules, name), join(folder, 'node_modules/@fastify', name))
    }
  }
  symlinkSync(root, join(folder, 'node_modules/fastify-api-errors'))
  symlinkSync(fastify, join(folder, 'node_modules/fastify'))
  for (const { file } of [program, lambda]) copyFileSync(join(here, file), join(folder, file))
}

// npm does not run the scripts of packages that download an executable, unless the user allows it.
for (const [name, script] of [['bun', 'install.js'], ['deno', 'install.cjs']] as const) {
  run(process.execPath, [script], binary(name))
}
for (const [name, { command: [executable = '', ...args], file, expected, fastify }] of Object.entries(runtimes)) {
  createProject(fastify)
  const version = run(executable, ['--version'], folder).output.split('\n', 1).join()
  const { status, output } = run(executable, [...args, file], folder)
  const isEqual = status === 0 && output.split('\n').includes(JSON.stringify(expected))
  console.log(
    `${isEqual ? 'ok    ' : 'FAILED'}  ${name} (${version})${isEqual ? '' : `\nexpected ${JSON.stringify(expected)}\ngot      ${output}`}`
  )
  if (!isEqual) process.exitCode = 1
}
rmSync(folder, { recursive: true, force: true })
