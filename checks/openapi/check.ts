/**
 * Checks the documents of the example with other tools, and prints a line for each document and tool. The exit
 * code is 1 if a tool finds a problem, or does not find a problem that was added on purpose.
 *
 * Usage: npm run check:openapi [-- part of a title, like '3.1 problem']
 */
import { readFileSync } from 'node:fs'
import { checkClient, generators, type Generator } from './clients.js'
import { faults, makeDocuments, spoiled, type CheckedDocument } from './documents.js'
import { redocly, schemaValidator, spectral, type Validate } from './validators.js'

let failed = 0

function report (title: string, tool: string, findings: readonly string[]): void {
  if (findings.length > 0) failed++
  console.log(`${findings.length === 0 ? 'ok    ' : 'not ok'}  ${title.padEnd(54)} ${tool}`)
  for (const finding of findings.slice(0, 20)) console.log(`          ${finding}`)
  if (findings.length > 20) console.log(`          and ${findings.length - 20} more`)
}

async function checkDocuments (documents: readonly CheckedDocument[], tool: string, validate: Validate): Promise<void> {
  const spoiledFiles = faults.filter(fault => fault.tool === tool).flatMap(fault =>
    documents.filter(({ title }) => title === '3.0 problem' || title === '3.1 problem').map(document => {
      const file = spoiled(document, readFileSync(document.file, 'utf8'), fault)
      return { file, title: `${document.title} with ${fault.title}` }
    })
  )
  const findings = await validate([...documents, ...spoiledFiles].map(({ file }) => file))
  for (const { title, file } of documents) report(title, tool, findings.get(file) ?? ['it was not read'])
  for (const { title, file } of spoiledFiles) {
    report(title, `${tool} finds it`, findings.get(file)?.length === 0 ? ['it was not found'] : [])
  }
}

const documents = await makeDocuments(process.argv[2])
const isProblem = (file: string): boolean =>
  !documents.some(document => document.file === file && document.format.name !== 'problem')

await Promise.all([
  // Spectral does not know OpenAPI 3.2.
  checkDocuments(documents.filter(({ version }) => version !== '3.2'), 'spectral', spectral),
  checkDocuments(documents, 'redocly', redocly(isProblem)).then(() =>
    checkDocuments(documents, 'openapi-schema-validator', schemaValidator)
  )
])

// Clients of negotiated documents have the same differences as those of the default format. The generators do not
// support OpenAPI 3.2.
for (
  const document of documents.filter(({ version, negotiate, format }) =>
    version !== '3.2' && (!negotiate || format.name === 'code')
  )
) {
  for (const generator of Object.keys(generators) as Generator[]) {
    report(
      document.title,
      `${generator}, tsc --strict`,
      await checkClient(generator, document, document.title === '3.1 code')
    )
  }
}

console.log(failed === 0 ? '\nAll in order.' : `\n${failed} not in order.`)
process.exit(failed === 0 ? 0 : 1)
