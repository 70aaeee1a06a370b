/** Checks a format against a catalog: in the example of each code, the value of each field must match its schema. */
import { isDeepStrictEqual } from 'node:util'
import { Ajv, type ErrorObject } from 'ajv'
import {
  createExampleContent,
  getResponseDefinition,
  type ResponseContent,
  type BodyDefinition
} from '../catalog/response-content.js'
import type { AnyCatalog, AnyErrorFactory } from '../catalog/define-errors.js'
import { exampleRequestId } from '../catalog/error-headers.js'
import { checkTypes } from '../catalog/meta-schema.js'
import { expectResult } from '../support/call-safely.js'
import { describeValue } from '../support/describe-value.js'
import { isSendableHeader } from '../support/http-syntax.js'
import { toJsonSchema } from '../support/json-schema.js'
import type { JsonObject } from '../support/is-object.js'
import { bodyWriter, type BodyPart, type Field, type Format, type SchemaContext } from './format.js'

/** The difference between a value and a schema, with the JSON Pointer of the part that differs. */
type Mismatch = Pick<ErrorObject, 'instancePath' | 'message'>

/** Returns the first mismatch between a value and a schema; `undefined` if the value matches. */
type Compare = (value: unknown) => Mismatch | undefined

const exampleContext = { requestId: exampleRequestId, instance: '/' }

/**
 * Checks that the bodies of a format match their documented schema. Call it when the format is registered.
 *
 * @param docUrl returns the URL of the page of a code
 * @throws TypeError with one sentence that names the format, the field and the code
 */
export function checkExamples (
  format: Format,
  catalog: AnyCatalog,
  docUrl: (code: string) => string | undefined
): void {
  const compile = createCompile()
  for (const definition of Object.values(catalog) as AnyErrorFactory[]) {
    const page = docUrl(definition.code)
    const body = getResponseDefinition(definition, page)
    const example = createExampleContent(definition, page, exampleContext)
    const context = { hasDocUrl: page !== undefined }
    for (
      const [content, ofContent] of [[example, context], [{ ...example, issues: [] }, {
        ...context,
        issueCodes: []
      }]] as const
    ) {
      const ofExample: Example = { definition: body, content, context: ofContent, compile, isOptional: false }
      checkPart(format.name, '', format.body ?? { fields: format.fields }, ofExample)
      if (format.serialize !== undefined) {
        call(() => bodyWriter(format, body)(content), error =>
          rejectBody(format, content, error))
      }
      for (const [name, field] of Object.entries(format.headers ?? {})) {
        checkField(format.name, `header ${name}`, {
          ...field,
          value: content => toHeaderValue(field.value(content))
        }, ofExample)
      }
    }
  }
}

function rejectBody ({ name }: Format, { code }: ResponseContent, error: unknown): never {
  throw new TypeError(
    `fastify-api-errors: format: expected 'serialize' of '${name}' to return a string for each code. For '${code}', it failed: ${String(error)}`
  )
}

interface Example {
  readonly definition: BodyDefinition
  readonly content: ResponseContent
  readonly context: SchemaContext
  readonly compile: (schema: object) => Compare
  /** Whether a value can be absent, because the part around it is then omitted. */
  readonly isOptional: boolean
}

function checkPart (format: string, path: string, part: BodyPart, example: Example): void {
  const join = (name: string): string => path === '' ? name : `${path}.${name}`
  if ('fields' in part) {
    // An optional group is omitted if its fields are absent.
    const ofFields = part.optional === true ? { ...example, isOptional: true } : example
    for (const [name, field] of Object.entries(part.fields)) checkPart(format, join(name), field, ofFields)
  } else if ('items' in part) {
    for (const [index, item] of part.items.entries()) {
      checkPart(format, join(String(index)), item, { ...example, isOptional: true })
    }
  } else {
    checkField(format, path, part, example)
  }
}

function checkField (
  format: string,
  path: string,
  field: Field,
  { definition, content, context, compile, isOptional }: Example
): void {
  const reject = (at: string, fault: string): never => {
    const place = (path + at).replace(/^\./, '') || 'the body'
    throw new TypeError(
      `fastify-api-errors: format: expected values that match the schemas of their fields, but in '${format}', '${place}' of the code '${content.code}' ${fault}.`
    )
  }
  const schema = call(
    () => field.schema(definition, context),
    error => reject('', `has no schema, because the function threw: ${String(error)}`)
  )
  // The value of such a field is never sent.
  if (schema === undefined) return
  const option = `format: '${path}' of '${format}'`
  const json = toJsonSchema('fastify-api-errors', option, schema)
  checkTypes('fastify-api-errors', option, json)
  const value = call(
    () => toPlainValue(expectResult('value', field.value(content))),
    error => reject('', `has no value, because the function threw: ${String(error)}`)
  )
  if (value === undefined) {
    if (field.optional !== true && !isOptional) reject('', 'has no value, although it is not optional')
    return
  }
  const mismatch = compile(json as object)(value)
  if (mismatch === undefined) return
  const { instancePath, message } = mismatch
  const [at, found] = findPart(value, instancePath)
  reject(at, `${String(message)}, got ${describeValue(found)}`)
}

function call<Result> (create: () => Result, onError: (error: unknown) => never): Result {
  try {
    return create()
  } catch (error) {
    return onError(error)
  }
}

/** Returns the value of a header. Rejects a value that cannot be sent, because no client would receive it. */
function toHeaderValue (value: unknown): unknown {
  if (
    value === undefined ||
    (['string', 'number', 'boolean'].includes(typeof value) && isSendableHeader('x-header', String(value)))
  ) return value
  throw new TypeError(`expected a value that a header can have, got ${describeValue(value)}`)
}

/** Returns a value as a client gets it; `undefined` if JSON omits it. */
function toPlainValue (value: unknown): unknown {
  const json = JSON.stringify(value) as string | undefined
  return json === undefined ? undefined : JSON.parse(json)
}

/** Returns the part of a value that a JSON Pointer refers to, with its path. */
function findPart (value: unknown, pointer: string): readonly [path: string, part: unknown] {
  const names = pointer.split('/').slice(1).map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
  return [
    names.map(name => `.${name}`).join(''),
    names.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], value)
  ]
}

/**
 * Returns a function that compiles schemas. Most codes have the same schemas in most fields, except for their constants
 * and descriptions. So these are compared without Ajv, which compiles each other schema once.
 */
function createCompile (): (schema: object) => Compare {
  const ajv = new Ajv({
    strict: false,
    meta: false,
    validateFormats: false,
    validateSchema: false,
    logger: false,
    addUsedSchema: false
  })
  const compiled = new Map<string, Compare>()
  return schema => {
    const {
      const: constant,
      enum: values = constant === undefined ? undefined : [constant],
      title,
      description,
      ...rest
    } = JSON.parse(JSON.stringify(schema)) as JsonObject
    const json = JSON.stringify(rest)
    let compare = compiled.get(json)
    if (compare === undefined) compiled.set(json, compare = compileSchema(ajv, rest))
    return value => compare(value) ?? compareConstants(values, value)
  }
}

function compareConstants (values: unknown, value: unknown): Mismatch | undefined {
  if (!Array.isArray(values) || values.some(constant => isDeepStrictEqual(constant, value))) return undefined
  return { instancePath: '', message: `must be ${values.map(constant => JSON.stringify(constant)).join(' or ')}` }
}

function compileSchema (ajv: Ajv, schema: object): Compare {
  try {
    const validate = ajv.compile(schema)
    return value => validate(value) ? undefined : validate.errors?.[0]
  } catch {
    // A schema that refers to the schemas of an application can only be compared in its document.
    return () => undefined
  }
}
