/**
 * The built package, for the benchmarks that are compiled to bench/out. Node cannot resolve `fastify-api-errors` there, because
 * bench/ has a separate package.json.
 */
export const { default: apiErrors, serverOptions, standardErrors, swaggerOptions } =
  await import(new URL('../../dist/index.js', import.meta.url).href) as typeof import('fastify-api-errors')
