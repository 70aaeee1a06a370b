/** `ErrorsOf`: the errors of one operation, from types of openapi-typescript. */
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import openapiTS, { astToString } from 'openapi-typescript'
import t from 'tap'
import apiErrors, { defineErrors, standardErrors, swaggerOptions, type FormatName } from 'fastify-api-errors'
import { compile } from '../../helpers/compile.js'

const errors = defineErrors(standardErrors, {
  out_of_stock: {
    status: 409,
    type: 'conflict_error',
    message: 'Out of stock.',
    description: 'Too few are left.',
    action: 'Order fewer.',
    meta: Type.Object({ available: Type.Integer() }),
    example: { meta: { available: 3 } }
  }
})

/** Returns the types that openapi-typescript writes for an API with one route. */
async function generateTypes (format: FormatName): Promise<string> {
  const app = Fastify()
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info: { title: 'Orders', version: '1' } } }))
  await app.register(apiErrors, { errors, format })
  app.post('/orders', { config: { errors: [errors.out_of_stock, errors.resource_conflict] } }, async () => ({}))
  await app.ready()
  return astToString(await openapiTS(JSON.stringify(app.swagger())))
}

/** A `switch` over the codes of an operation. It compiles only if it has each code, and no other. */
function writeSwitch (format: FormatName, meta: string): string {
  return `
  import type { paths as ${format} } from './${format}.js'
  function ${format}Switch (error: ErrorsOf<${format}, '/orders', 'post'>): string {
    switch (error.code) {
      case 'out_of_stock': return [error.status satisfies 409, ${meta}].join()
      case 'resource_conflict': return String(error.status satisfies 409)
      case 'internal_error': return String(error.status satisfies 500)
      case 'payload_too_large':
      case 'unsupported_media_type':
      case 'invalid_request':
      case undefined: return ''
      // @ts-expect-error a code of another operation
      case 'validation_error': return ''
    }
  }
  // @ts-expect-error a code is missing, so not every path returns
  function ${format}Incomplete (error: ErrorsOf<${format}, '/orders', 'post'>): string {
    switch (error.code) {
      case 'out_of_stock':
      case undefined: return ''
    }
  }
  console.log(${format}Switch, ${format}Incomplete)
`
}

t.test('a switch over the codes of an operation is complete, and narrows status and meta', async t => {
  const meta = 'error.meta?.available satisfies number | undefined'
  const formats = { code: meta, problem: meta, error: '0', typed: '0' } as const
  const files: Record<string, string> = { 'message.ts': await generateTypes('message') }
  for (const format of Object.keys(formats) as Array<keyof typeof formats>) files[`${format}.ts`] = await generateTypes(format)
  t.equal(compile(`
    import { parseError, type ErrorsOf } from 'fastify-api-errors/client'
    import type { paths as message } from './message.js'
    ${Object.entries(formats).map(([format, meta]) => writeSwitch(format as FormatName, meta)).join('')}
    const error = await parseError(new Response()) as ErrorsOf<message, '/orders', 'post'>
    error.code satisfies undefined // a format without codes has only statuses
    error.status satisfies number
  `, { files }), '')
})
