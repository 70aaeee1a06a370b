/**
 * Wraps Fastify so that each instance registers the plugin with a format, statuses and options that equal Fastify's own.
 * run.ts appends a call of this module to a copy of fastify.js.
 */
'use strict'

const { STATUS_CODES } = require('node:http')
const { default: apiErrors, defineErrors, defineFormat, defineTranslator, standardErrors } = require(process.env.FASTIFY_API_ERRORS)

/** One code for each status of a client error, with the code of Fastify's error as its fact. */
const clientErrors = Object.fromEntries(Object.keys(STATUS_CODES).filter(status => status.startsWith('4')).map(status => [`fastify_${status}`, {
  status: Number(status),
  type: 'invalid_request_error',
  message: STATUS_CODES[status],
  description: STATUS_CODES[status],
  action: 'Read the message.',
  meta: { type: 'object', properties: { code: { type: 'string' } } },
  example: { meta: {} }
}]))
const errors = defineErrors(standardErrors, clientErrors)

/** The body of Fastify: https://fastify.dev/docs/latest/Reference/Errors/ */
const text = { type: 'string' }
const format = defineFormat({
  name: 'fastify',
  fields: {
    statusCode: { schema: () => ({ type: 'integer' }), value: answer => answer.status },
    code: { schema: () => text, value: answer => answer.meta?.code, optional: true },
    error: { schema: () => text, value: answer => STATUS_CODES[answer.status] },
    message: { schema: () => text, value: answer => answer.message }
  }
})

/** Keeps the status, the code and the message of a client error. The message of a server error is hidden, as the plugin promises. */
const clientError = defineTranslator({
  name: 'client error of Fastify',
  translate (error, { reply }) {
    if (!(error instanceof Error)) return undefined
    const status = error.statusCode ?? error.status ?? (error.validation ? 400 : reply?.statusCode)
    return errors[`fastify_${status}`]?.({ message: error.message, meta: { code: error.code }, cause: error })
  }
})

module.exports = function wrap (original) {
  function fastify (options) {
    const app = original(options)
    app.register(apiErrors, { errors, format, translators: [clientError], notFound: false, log: false })
    return app
  }
  Object.assign(fastify, original)
  fastify.fastify = fastify
  fastify.default = fastify
  return fastify
}
