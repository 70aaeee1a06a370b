/** The errors of AWS (JSON 1.1): the name of an exception in camel case as `__type`. The name and the request id are also headers. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { codeAs, message, requestId } from 'fastify-api-errors/format'

const toExceptionName = (code: string): string => `${code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Exception`

export const format = defineFormat({
  name: 'aws-json',
  contentType: 'application/x-amz-json-1.1',
  fields: { __type: codeAs(toExceptionName), message },
  headers: { 'X-Amzn-ErrorType': codeAs(toExceptionName), 'X-Amzn-RequestId': requestId }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = (body, headers) => {
  const { __type: name, message } = body as { __type: string, message: string }
  const requestId = headers.get('x-amzn-requestid') ?? undefined
  return { requestId, message, code: name.replace(/Exception$/, '').replace(/(?<=.)[A-Z]/g, letter => `_${letter}`).toLowerCase() }
}
