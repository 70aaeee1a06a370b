/** The errors of AWS (JSON 1.1): the name of an exception in camel case as `__type`. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { codeAs, message } from 'fastify-api-errors/format'

const toExceptionName = (code: string): string => `${code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Exception`

export const format = defineFormat({
  name: 'aws-json',
  contentType: 'application/x-amz-json-1.1',
  fields: { __type: codeAs(toExceptionName), message }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { __type: name, message } = body as { __type: string, message: string }
  return { code: name.replace(/Exception$/, '').replace(/(?<=.)[A-Z]/g, letter => `_${letter}`).toLowerCase(), message }
}
