#!/usr/bin/env node
/** The program `fastify-api-errors`: runs a command, prints its output, and sets the exit code. */
import { getFirstLine } from './load-app.js'
import { runCommand } from './run-command.js'

function fail (error: unknown): never {
  console.error(getFirstLine(error))
  process.exit(2)
}

process.once('beforeExit', () => fail('fastify-api-errors: --app never finished starting: its promise is still pending.'))
runCommand(process.argv.slice(2)).then(({ output, code }) => {
  console.log(output)
  process.exit(code) // A closed application may still keep connections open.
}, fail)
