/** Problem details as XML (RFC 9457, appendix B). */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, message, status, title } from 'fastify-api-errors/format'

const escape = (text: unknown): string => String(text).replace(/[<>&]/g, character => `&#${character.charCodeAt(0)};`)

export const format = defineFormat({
  name: 'problem-xml',
  contentType: 'application/problem+xml',
  fields: { title, status, detail: message, code },
  serialize: body => {
    const members = Object.entries(body as object).map(([name, value]) => `<${name}>${escape(value)}</${name}>`)
    return `<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">${members.join('')}</problem>`
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const find = (name: string): string | undefined =>
    new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(String(body))?.[1]?.replace(/&#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)))
  return { code: find('code'), message: find('detail') }
}
