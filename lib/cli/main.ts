#!/usr/bin/env node
/** The program `fastify-api-errors`: runs a command, prints its output, and sets the exit code. */
import { createAppError, getFirstLine } from './load-app.js'
import { runCommand } from './run-command.js'

let hasEnded = false

// What the application prints is not part of the result, which other programs read.
const { write } = process.stdout
process.stdout.write = process.stderr.write.bind(process.stderr)

function fail (error: unknown): never {
  hasEnded = true
  console.error(getFirstLine(error))
  process.exit(2)
}

process.once(
  'beforeExit',
  () => fail('fastify-api-errors: --app never finished starting: its promise is still pending.')
)
// Otherwise, Node would exit with code 1, which means that the command found a problem.
process.once('uncaughtException', error => fail(createAppError(undefined, 'threw an unhandled error', error)))
process.once('exit', code => {
  if (hasEnded) return
  console.error(
    `fastify-api-errors: --app: the application ended the process with exit code ${code}, so the command did not run.`
  )
  process.exitCode = 2
})
runCommand(process.argv.slice(2)).then(({ output, code, warning }) => {
  hasEnded = true
  if (warning !== undefined) console.error(warning)
  process.stdout.write = write
  if (code === 2) console.error(output)
  else console.log(output)
  process.exit(code) // A closed application may still keep connections open.
}, fail)
