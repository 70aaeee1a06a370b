/** Finds the status and the code of the response to an error, with the same translators as at run time. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { standardErrors } from '../catalog/standard-errors.js'
import { statusProperties } from '../translate/error-status.js'
import { translate } from '../translate/translate.js'
import type { Translator } from '../translate/translator.js'
import { isValidationCode, toValidationCode, type ValidationStatus } from '../translate/validation/validation-status.js'
import { listNumbers, type ClassValue, type ObjectValue, type ThrownError, type Value, type Values } from './values.js'

/** The status and the code of a response. */
export interface TranslatedError {
  readonly status: number
  readonly code: string
}

/** The settings of an application that determine its responses. */
export interface TranslationSettings {
  readonly errors: AnyCatalog
  /** The translators, in the order in which they run. */
  readonly translators: readonly Translator[]
  /** The status of the response to an invalid body. @default 422 */
  readonly validationStatus: ValidationStatus | undefined
  /** Returns the live class for a class in the source. The class has the fields of its instances. */
  readonly getClass: (cls: ClassValue) => object | undefined
  /** Returns the live class of a package that a translator uses by name. */
  readonly findClass: (name: string) => object | undefined
}

/** The properties of errors that translators read. */
const read = ['name', 'code', ...statusProperties, 'expose', 'isBoom', 'output', 'message'] as const

/**
 * Returns the responses to a thrown value. There are several if the value can have several statuses.
 *
 * @param thrown the value, with the statuses that had been set on the reply
 * @param memberOf reads a property of a value from the source
 */
export function translateThrown (
  { value, statuses }: ThrownError,
  settings: TranslationSettings,
  memberOf: (value: Value, name: string) => Values
): TranslatedError[] {
  if (value.kind !== 'object' && value.kind !== 'live') return []
  const { errors, validationStatus } = settings
  const known = (code: string, status?: number): TranslatedError => ({
    code,
    status: errors[code]?.status ?? status ?? 500
  })
  const facts = value.kind === 'object' ? value.error : undefined
  if (facts?.origin === 'external' && facts.code !== undefined) {
    return [known(isValidationCode(facts.code) ? toValidationCode(facts.code, validationStatus) : facts.code)]
  }
  if (facts?.origin === 'catalog') {
    const [code] = value.kind === 'object' ? value.fields.get('code') ?? [] : []
    const [status] = value.kind === 'object' ? listNumbers(value.fields.get('status') ?? []) : []
    return code?.kind === 'literal' ? [known(String(code.value), status)] : []
  }
  const fields = read.map(name => [name, memberOf(value, name)] as const)
  const found = new Map<string, TranslatedError>()
  for (const combination of listCombinations(fields)) {
    for (const status of statuses.length > 0 ? statuses : [200]) {
      const error = createMock(value, combination, settings)
      const { code } = translate(error, settings.translators, {
        errors: errors as unknown as typeof standardErrors,
        request: createRequest(),
        reply: { statusCode: status, getHeader: () => undefined } as unknown as FastifyReply,
        validationStatus
      })
      found.set(code, known(code))
    }
  }
  return [...found.values()]
}

function createRequest (): FastifyRequest {
  return {
    method: 'GET',
    url: '/',
    headers: {},
    body: undefined,
    query: {},
    params: {},
    routeOptions: { config: {} },
    server: { hasDecorator: () => false }
  } as unknown as FastifyRequest
}

/** Returns an object with the class and the fields of an error. */
function createMock (
  value: Value,
  fields: ReadonlyMap<string, unknown>,
  { getClass, findClass }: TranslationSettings
): object {
  const facts = value.kind === 'object' ? value.error : undefined
  const [named] = facts?.names.flatMap(name => findClass(name) ?? []) ?? []
  const cls = (value.kind === 'object' && value.cls !== undefined ? getClass(value.cls) : undefined) as {
    readonly prototype?: object
  } | undefined
  const isError = facts !== undefined
  const prototype = cls?.prototype ?? (isError ? Error.prototype : Object.prototype)
  const made = named === undefined ? Object.create(prototype) as object : createNamed(named)
  // A translator can test the fields of a class of the application, as in `'_tag' in error`.
  const others = value.kind === 'object' && cls !== undefined ? [...value.fields] : []
  const ofClass = others.map(([name, [only]]) => [name, only?.kind === 'literal' ? only.value : undefined] as const)
  for (const [name, each] of [...ofClass, ...fields]) {
    Object.defineProperty(made, name, { value: each, configurable: true, enumerable: true, writable: true })
  }
  return made
}

/**
 * Returns an error of a package. Some classes, such as those of zod, only recognize instances that their constructor
 * created.
 */
function createNamed (cls: object): object {
  return Reflect.construct(cls as new(issues: readonly unknown[]) => object, [[]])
}

/** Returns every combination of the values of the fields. A field without a known value is omitted. */
function listCombinations (fields: ReadonlyArray<readonly [string, Values]>): Array<ReadonlyMap<string, unknown>> {
  let made: Array<Map<string, unknown>> = [new Map()]
  for (const [name, values] of fields) {
    const literals = values.flatMap(value =>
      value.kind === 'literal' && value.value !== undefined
        ? [value.value]
        : value.kind === 'object' && name === 'output'
          ? [createOutput(value)]
          : []
    )
    if (literals.length === 0) continue
    made = made.flatMap(map => literals.slice(0, 6).map(each => new Map(map).set(name, each))).slice(0, 40)
  }
  return made
}

function createOutput (value: ObjectValue): object {
  return { statusCode: listNumbers(value.fields.get('statusCode') ?? [])[0] }
}
