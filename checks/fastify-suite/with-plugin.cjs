/**
 * Wraps Fastify so that each instance registers the plugin with a format, statuses and options that equal Fastify's own.
 * run.ts appends a call of this module to a copy of fastify.js.
 */
'use strict'

const { STATUS_CODES } = require('node:http')
const apiErrors = require(process.env.FASTIFY_API_ERRORS)

const { defineErrors, defineFormat, standardErrors } = apiErrors

/** Fastify responds to invalid input with 400. */
const errors = defineErrors(standardErrors, Object.fromEntries(['validation_error', 'missing_required_field'].map(code => {
  const { type, message, description, action, meta } = standardErrors[code]
  return [code, { status: 400, type, message, description, action, ...(meta !== undefined && { meta }) }]
})))

/** The body of Fastify: https://fastify.dev/docs/latest/Reference/Errors/ */
const format = defineFormat({
  name: 'fastify',
  contentType: 'application/json',
  fields: {
    statusCode: { schema: { type: 'integer' }, value: answer => answer.status },
    code: { schema: { type: 'string' }, value: answer => answer.code },
    error: { schema: { type: 'string' }, value: answer => STATUS_CODES[answer.status] },
    message: { schema: { type: 'string' }, value: answer => answer.message }
  }
})

module.exports = function wrap (original) {
  function fastify (options) {
    const app = original(options)
    app.register(apiErrors, { errors, format, log: false })
    return app
  }
  Object.assign(fastify, original)
  fastify.fastify = fastify
  fastify.default = fastify
  return fastify
}
