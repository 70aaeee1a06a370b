/** Tests how the validator of a route changes values before it validates them. */
import type { FastifySchemaCompiler } from 'fastify'
import { ignoreRejection } from '../../support/call-safely.js'

/** The changes that a validator makes before it reports an error. */
export interface ValidatorTraits {
  /** Whether unknown fields are removed instead of reported (Ajv's `removeAdditional`). */
  readonly removesUnknown: boolean
  /** Whether absent fields get their `default` (Ajv's `useDefaults`). */
  readonly fillsDefaults: boolean
  /** Whether a single value is converted to a list with one item (Ajv's `coerceTypes: 'array'`). */
  readonly wrapsLists: boolean
}

type Compiler = FastifySchemaCompiler<unknown>

const probe = {
  type: 'object',
  properties: {
    size: { type: 'integer' },
    list: { type: 'array', items: { type: 'string' } },
    filled: { type: 'string', default: 'a' }
  },
  required: ['filled'],
  additionalProperties: false
}

const known = new WeakMap<Compiler, ValidatorTraits | undefined>()

/**
 * Returns the traits of the validators that a compiler creates. They are determined by tests, because Fastify does not
 * expose its Ajv options. Returns `undefined` if the errors have no JSON Schema keywords, for example with zod.
 */
export function getValidatorTraits (compiler: Compiler): ValidatorTraits | undefined {
  if (!known.has(compiler)) known.set(compiler, probeValidator(compiler))
  return known.get(compiler)
}

function probeValidator (compiler: Compiler): ValidatorTraits | undefined {
  try {
    const validate = compiler(
      { schema: probe, method: 'POST', url: '/', httpPart: 'body' } as Parameters<Compiler>[0]
    ) as Validate
    const [failure] = listFailures(validate, { filled: 'a', size: 'x' })
    if (failure?.keyword !== 'type') return undefined
    return {
      removesUnknown: listFailures(validate, { filled: 'a', unknown: 1 }).length === 0,
      fillsDefaults: listFailures(validate, {}).length === 0,
      wrapsLists: listFailures(validate, { filled: 'a', list: 'x' }).length === 0
    }
  } catch {
    return undefined // not a compiler of JSON Schema
  }
}

type Validate = ((value: unknown) => unknown) & { readonly errors?: readonly object[] | null }

/** Returns the errors that a validator reports for a value, in any form that Fastify accepts. */
function listFailures (validate: Validate, value: unknown): ReadonlyArray<{ readonly keyword?: unknown }> {
  const result = validate(value)
  ignoreRejection(result) // the validator can be asynchronous
  if (result === false) return validate.errors ?? [{}]
  const error = (result as { readonly error?: unknown } | null | undefined)?.error
  return Array.isArray(error) ? error : error === undefined ? [] : [{}]
}
