#!/usr/bin/env node
import { firstLine, runCommand } from './run-command.js'

function fail (fault: unknown): never {
  console.error(`fastify-api-errors: ${firstLine(fault)}`)
  process.exit(2)
}

process.once('beforeExit', () => fail('--app does not come to start: it waits, and nothing is left that it could wait for.'))
runCommand(process.argv.slice(2)).then(({ output, code }) => {
  console.log(output)
  process.exit(code) // an application may keep connections open when it is closed; this program is done all the same
}, fail)
