/** Registers fixtures in one application, and returns the errors of their routes from the source, one line for each error. */
import { fileURLToPath } from 'node:url'
import Fastify, { type FastifyPluginAsync } from 'fastify'
import apiErrors, { type ApiErrorsOptions } from 'fastify-api-errors'
import type { Test } from 'tap'
import { inferErrors, type SourceReport } from '../../lib/source/index.js'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Infers the errors of fixtures. Each fixture is a plugin whose routes are below its name. */
export async function inferFixtures (t: Test, fixtures: Readonly<Record<string, FastifyPluginAsync>>, options: ApiErrorsOptions = {}): Promise<SourceReport> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, options)
  for (const [name, fixture] of Object.entries(fixtures)) await app.register(fixture, { prefix: `/${name}` })
  await app.ready()
  return await inferErrors(app, root)
}

/** The findings of each route as `status code confidence via`. */
export function describeFindings ({ routes }: SourceReport): Record<string, string[]> {
  return Object.fromEntries(routes.map(({ method, path, errors }) => [`${method} ${path}`, errors.map(({ status, code, confidence, via }) =>
    `${status} ${String(code)} ${confidence}${via.length === 0 ? '' : ` via ${via.join(' > ')}`}`)]))
}
