import type { FastifySchemaCompiler } from 'fastify'

/** How a validator treats what does not fit at first. */
export interface ValidatorTraits {
  /** Unknown fields are taken out instead of reported (Ajv's `removeAdditional`). */
  readonly removesUnknown: boolean
  /** Absent fields with a `default` are filled in (Ajv's `useDefaults`). */
  readonly fillsDefaults: boolean
  /** A single value is taken for a list of one (Ajv's `coerceTypes: 'array'`). */
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
 * The traits of the validator that a compiler makes, found by trying it: Fastify tells nobody its Ajv options.
 * `undefined` where its errors do not name JSON Schema keywords (zod, say), so that nothing is known about them.
 */
export function getValidatorTraits (compiler: Compiler): ValidatorTraits | undefined {
  if (!known.has(compiler)) known.set(compiler, probeValidator(compiler))
  return known.get(compiler)
}

function probeValidator (compiler: Compiler): ValidatorTraits | undefined {
  try {
    const validate = compiler({ schema: probe, method: 'POST', url: '/', httpPart: 'body' } as Parameters<Compiler>[0]) as Validate
    const [failure] = failures(validate, { filled: 'a', size: 'x' })
    if (failure?.keyword !== 'type') return undefined
    return {
      removesUnknown: failures(validate, { filled: 'a', unknown: 1 }).length === 0,
      fillsDefaults: failures(validate, {}).length === 0,
      wrapsLists: failures(validate, { filled: 'a', list: 'x' }).length === 0
    }
  } catch {
    return undefined // not a compiler of JSON Schema
  }
}

type Validate = ((value: unknown) => unknown) & { readonly errors?: readonly object[] | null }

/** What a validator reports for a value, in each of the ways that Fastify accepts. */
function failures (validate: Validate, value: unknown): ReadonlyArray<{ readonly keyword?: unknown }> {
  const result = validate(value)
  if (result === false) return validate.errors ?? [{}]
  const error = (result as { readonly error?: unknown } | null | undefined)?.error
  return Array.isArray(error) ? error : error === undefined ? [] : [{}]
}
