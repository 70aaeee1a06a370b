/** Creates values for the errors of catalogs, JavaScript, well-known packages, databases and upstream services. */
import { standardErrors, type StandardCode } from '../catalog/standard-errors.js'
import { pluginErrors, type PluginErrorResponse } from '../translate/plugin-codes.js'
import { literal, object, unknown, type ObjectValue, type Values } from './values.js'

/** Returns an error of a catalog. */
export function catalogError (code: string, status: number | undefined): ObjectValue {
  return object({
    fields: new Map<string, Values>([
      ['code', [literal(code)]],
      ...(status === undefined ? [] : [['status', [literal(status)]], ['statusCode', [literal(status)]]] as const)
    ]),
    error: { origin: 'catalog', names: ['ApiError', 'Error'], isUncertain: false }
  })
}

/** Returns an error that no line of the application throws. */
export function externalError (
  code: StandardCode,
  fields: Readonly<Record<string, string | number | undefined>> = {},
  facts: Partial<NonNullable<ObjectValue['error']>> = {}
): ObjectValue {
  return object({
    fields: new Map(Object.entries(fields).map(([name, value]) => [name, [literal(value)]])),
    error: { origin: 'external', names: ['Error'], isUncertain: false, code, ...facts }
  })
}

/** Returns an error of http-errors. */
export function httpError (
  status: number,
  name: string,
  fields: Iterable<readonly [string, Values]> = []
): ObjectValue {
  return object({
    fields: new Map<string, Values>([
      ['statusCode', [literal(status)]],
      ['status', [literal(status)]],
      ['expose', [literal(status < 500)]],
      ['message', [unknown()]],
      ...fields
    ]),
    error: { origin: 'thrown', names: [name, 'HttpError', 'Error'], isUncertain: false }
  })
}

/** The responses to the errors of plugins, by code. */
const responses: Readonly<Record<string, PluginErrorResponse>> = Object.assign({}, ...Object.values(pluginErrors))

/**
 * Returns an error of a plugin, with the code and the status that the plugin sets. The errors of fast-jwt have no
 * status.
 */
export function codedError (code: string): ObjectValue {
  const response = code.startsWith('FST_') ? responses[code] : undefined
  return object({
    fields: new Map<string, Values>([
      ['code', [literal(code)]],
      ['message', [unknown()]],
      ...(response === undefined ? [] : [['statusCode', [literal(standardErrors[response.code].status)]] as const])
    ]),
    error: {
      origin: 'thrown',
      names: ['FastifyError', 'Error'],
      isUncertain: false,
      ...(/_EXPIRED$/.test(code) && { requiresTokenLifetime: true })
    }
  })
}

/** Returns a built-in error of JavaScript. */
export function plainError (names: readonly string[], message: Values = [unknown()]): ObjectValue {
  return object({ fields: new Map([['message', message]]), error: { origin: 'thrown', names, isUncertain: false } })
}
