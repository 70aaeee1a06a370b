/** The status and code with which an error is answered, by the translators that answer it at run time. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { standardErrors } from '../catalog/standard-errors.js'
import { translate } from '../translate/index.js'
import type { Translator } from '../translate/translator.js'
import { numbersIn, type Cls, type Obj, type Thrown, type Value, type Values } from './values.js'

/** What an error is answered with. */
export interface ErrorAnswer {
  readonly status: number
  readonly code: string
}

/** What decides about the answers of an application. */
export interface AnswerSettings {
  readonly errors: AnyCatalog
  /** The translators, in the order in which they are asked. */
  readonly translators: readonly Translator[]
  /** The live class that a class of the source is, with its instances' fields. */
  readonly classOf: (cls: Cls) => object | undefined
  /** The live class of a package that a translator names. */
  readonly classNamed: (name: string) => object | undefined
}

/** The properties of errors that translators look at. */
const read = ['name', 'code', 'status', 'statusCode', 'expose', 'isBoom', 'output', 'message'] as const

/**
 * The answers to a thrown value; several when its status can be several.
 *
 * @param thrown the value, with the statuses that the reply was given before
 * @param memberOf reads a property of a value, as the source says it
 */
export function answersTo ({ value, statuses }: Thrown, settings: AnswerSettings, memberOf: (value: Value, name: string) => Values): ErrorAnswer[] {
  if (value.kind !== 'object' && value.kind !== 'live') return []
  const { errors } = settings
  const known = (code: string, status?: number): ErrorAnswer => ({ code, status: errors[code]?.status ?? status ?? 500 })
  const facts = value.kind === 'object' ? value.error : undefined
  if (facts?.origin === 'effect' && facts.code !== undefined) return [known(facts.code)]
  if (facts?.origin === 'catalog') {
    const [code] = value.kind === 'object' ? value.fields.get('code') ?? [] : []
    const [status] = value.kind === 'object' ? numbersIn(value.fields.get('status') ?? []) : []
    return code?.kind === 'literal' ? [known(String(code.value), status)] : []
  }
  const fields = read.map(name => [name, memberOf(value, name)] as const)
  const found = new Map<string, ErrorAnswer>()
  for (const combination of combinations(fields)) {
    for (const status of statuses.length > 0 ? statuses : [200]) {
      const error = mock(value, combination, settings)
      const { code } = translate(error, settings.translators, {
        errors: errors as unknown as typeof standardErrors, request: requestOf(), reply: { statusCode: status, getHeader: () => undefined } as unknown as FastifyReply
      })
      found.set(code, known(code))
    }
  }
  return [...found.values()]
}

function requestOf (): FastifyRequest {
  return { method: 'GET', url: '/', headers: {}, body: undefined, query: {}, params: {}, routeOptions: { config: {} } } as unknown as FastifyRequest
}

/** An object with the class and the fields of an error. */
function mock (value: Value, fields: ReadonlyMap<string, unknown>, { classOf, classNamed }: AnswerSettings): object {
  const facts = value.kind === 'object' ? value.error : undefined
  const [named] = facts?.names.flatMap(name => classNamed(name) ?? []) ?? []
  const cls = (value.kind === 'object' && value.cls !== undefined ? classOf(value.cls) : undefined) as { readonly prototype?: object } | undefined
  const isError = facts !== undefined
  const prototype = cls?.prototype ?? (isError ? Error.prototype : Object.prototype)
  const made = named === undefined ? Object.create(prototype) as object : createNamed(named)
  for (const [name, each] of fields) Object.defineProperty(made, name, { value: each, configurable: true, enumerable: true, writable: true })
  return made
}

/** An error of a package: some classes, as zod's, recognise only what their constructor has made. */
function createNamed (cls: object): object {
  return Reflect.construct(cls as new (issues: readonly unknown[]) => object, [[]])
}

/** Every way to choose one value of each field; a value that is not known leaves the field out. */
function combinations (fields: ReadonlyArray<readonly [string, Values]>): Array<ReadonlyMap<string, unknown>> {
  let made: Array<Map<string, unknown>> = [new Map()]
  for (const [name, values] of fields) {
    const literals = values.flatMap(value => value.kind === 'literal' && value.value !== undefined
      ? [value.value]
      : value.kind === 'object' && name === 'output' ? [outputOf(value)] : [])
    if (literals.length === 0) continue
    made = made.flatMap(map => literals.slice(0, 6).map(each => new Map(map).set(name, each))).slice(0, 40)
  }
  return made
}

function outputOf (value: Obj): object {
  return { statusCode: numbersIn(value.fields.get('statusCode') ?? [])[0] }
}
