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

const probes = {
  reports: { type: 'object', properties: { a: { type: 'integer' } } },
  unknown: { type: 'object', properties: {}, additionalProperties: false },
  defaults: { type: 'object', properties: { a: { type: 'string', default: 'a' } }, required: ['a'] },
  list: { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } }
}

const known = new WeakMap<Compiler, ValidatorTraits | undefined>()

/**
 * The traits of the validator that a compiler makes, found by trying it: Fastify tells nobody its Ajv options.
 * `undefined` where its errors do not name JSON Schema keywords (zod, say), so that nothing is known about them.
 */
export function traitsOf (compiler: Compiler): ValidatorTraits | undefined {
  if (!known.has(compiler)) known.set(compiler, probe(compiler))
  return known.get(compiler)
}

function probe (compiler: Compiler): ValidatorTraits | undefined {
  try {
    const [failure] = failures(compiler, probes.reports, { a: 'x' })
    if (failure?.keyword !== 'type') return undefined
    return {
      removesUnknown: failures(compiler, probes.unknown, { a: 1 }).length === 0,
      fillsDefaults: failures(compiler, probes.defaults, {}).length === 0,
      wrapsLists: failures(compiler, probes.list, { a: 'x' }).length === 0
    }
  } catch {
    return undefined // not a compiler of JSON Schema
  }
}

/** What a validator reports for a value, in each of the ways that Fastify accepts. */
function failures (compiler: Compiler, schema: object, value: unknown): ReadonlyArray<{ readonly keyword?: unknown }> {
  const validate = compiler({ schema, method: 'POST', url: '/', httpPart: 'body' } as Parameters<Compiler>[0]) as
    ((value: unknown) => unknown) & { readonly errors?: readonly object[] | null }
  const result = validate(value)
  if (result === false) return validate.errors ?? [{}]
  const error = (result as { readonly error?: unknown } | null | undefined)?.error
  return Array.isArray(error) ? error : error === undefined ? [] : [{}]
}
