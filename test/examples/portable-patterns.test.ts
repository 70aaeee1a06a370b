/** The regular expressions in the documents of the example. Engines of Java, .NET, Go, Python and brics read them. */
import { formats } from 'fastify-api-errors'
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'
import { errors } from '../../examples/launch/errors.js'
import { createBodySchema } from '../../lib/openapi/bodies.js'
import { findFaults, listPatterns } from '../helpers/portable-patterns.js'

t.test('a pattern that is not portable is reported', async t => {
  for (const pattern of ['"a"', '^\\d+$', '\\u0022', '(?=a)', '(?:a)', 'a+?', 'ü', 'a&b', '[a-z&&[^b]]', '[a--b]']) t.ok(findFaults(pattern).length > 0, pattern)
  for (const pattern of ['^[a-z][a-z0-9_]*$', '^[!-~]+( [ -~]+)?$', '^(a|b)\\.c{1,3}$', '^[^<>]*$', '^[^\\x00-\\x1f]*$']) t.strictSame(findFaults(pattern), [], pattern)
})

for (const [format, openapi] of [['code', '3.0.3'], ['error', '3.1.0']] as const) {
  t.test(`the patterns of the document are portable: ${format}, OpenAPI ${openapi}`, async t => {
    // With `negotiate`, the document has the format `problem` as well.
    const app = await createApp({ format, openapi, negotiate: true })
    t.teardown(() => app.close())
    await app.ready()
    const patterns = [...new Set(listPatterns(JSON.parse(JSON.stringify(app.swagger()))))]
    t.ok(patterns.length > 5, 'it has patterns')
    for (const pattern of patterns) t.strictSame(findFaults(pattern), [], pattern)
  })
}

// Documents in other formats differ only in the bodies of errors. Starting the example for each of them would take minutes on a busy machine.
t.test('the patterns of the bodies of all errors are portable in all formats', async t => {
  const docUrl = (code: string): string => `https://api.launch.example/errors/${code}`
  const bodies = Object.values(formats).flatMap(format => Object.values(errors).map(definition => createBodySchema(definition, format, docUrl)))
  const patterns = new Set(listPatterns(bodies))
  t.ok(patterns.size > 0, 'they have patterns')
  for (const pattern of patterns) t.strictSame(findFaults(pattern), [], pattern)
})
