/**
 * Exports the built package. Benchmarks that are compiled to bench/out use this file. Node cannot resolve
 * `fastify-api-errors` there, because bench/ has a separate package.json.
 */
import type { Language } from 'fastify-api-errors'

export const { default: apiErrors, serverOptions, standardErrors, swaggerOptions } = await import(
  new URL('../../dist/index.js', import.meta.url).href
) as typeof import('fastify-api-errors')

export const { german } = await import(new URL('../../dist/languages/de.js', import.meta.url).href) as {
  readonly german: Language
}
