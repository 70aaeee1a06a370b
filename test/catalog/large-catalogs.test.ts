/** The types of a large catalog: how much work they are for the compiler, and whether an editor finds the definition of a code. */
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { withProgram } from '../helpers/compile.js'

/** An application with a number of codes. Every fifth has a `meta` schema. */
function createSource (codes: number): string {
  const definitions = Array.from({ length: codes }, (_, index) => `code_${index}: {
    status: 409, type: 'conflict_error', message: 'Message.', description: 'It happens.', action: 'Repeat it.'${index % 5 === 0 ? ', meta: Type.Object({ id: Type.String() })' : ''}
  }`)
  return `
    import { Type } from '@sinclair/typebox'
    import Fastify from 'fastify'
    import apiErrors, { defineErrors, standardErrors } from 'fastify-api-errors'
    export const errors = defineErrors(standardErrors, { ${definitions.join(',\n')} })
    export const app = Fastify()
    await app.register(apiErrors, { errors })
    app.get('/', { config: { errors: [errors.code_1, 'resource_gone'] } }, async () => { throw errors.code_0({ meta: { id: 'a' } }) })
    export const standard = errors.resource_gone
  `
}

/** Checks a catalog. Returns the errors, the instantiations of types, and for each property of the catalog that is used the text of its declaration. */
function check (codes: number): { readonly messages: readonly string[], readonly instantiations: number, readonly declarations: Readonly<Record<string, string | undefined>> } {
  return withProgram(createSource(codes), {}, (program, folder) => {
    const file = program.getSourceFile(join(folder, 'user.ts')) as ts.SourceFile
    const messages = program.getSemanticDiagnostics(file).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    const declarations: Record<string, string | undefined> = {}
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'errors') {
        const [declaration] = program.getTypeChecker().getSymbolAtLocation(node.name)?.declarations ?? []
        declarations[node.name.text] = declaration?.getText().split(/[:,]/)[0]
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
    return { messages, instantiations: program.getInstantiationCount(), declarations }
  })
}

const few = check(50)

t.test('1,000 codes are little more than twice the work of 50', t => {
  const many = check(1000)
  t.strictSame([...few.messages, ...many.messages], [])
  t.ok(many.instantiations <= 2.2 * few.instantiations, `${many.instantiations} instantiations of types for 1,000 codes, ${few.instantiations} for 50`)
  t.end()
})

t.test('an editor leads from a code to its definition', t => {
  t.strictSame(few.declarations, { code_1: 'code_1', code_0: 'code_0', resource_gone: 'resource_gone' })
  t.end()
})
