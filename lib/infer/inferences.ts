/** What each registration of the plugin infers with, for tools that are handed the application alone. */
import type { FastifyInstance } from 'fastify'
import type { Translator } from '../translate/translator.js'
import type { RouteErrors } from './route-errors.js'

/** What one registration of the plugin infers with. */
export interface Inference {
  readonly routeErrors: RouteErrors
  /** The translators in the order in which they are asked, the built-in ones included. */
  readonly translators: readonly Translator[]
}

const inferences = new WeakMap<object, Inference[]>()

/** Remembers what a registration of the plugin infers with. */
export function addInference (app: FastifyInstance, inference: Inference): void {
  const known = inferences.get(app.server)
  if (known === undefined) inferences.set(app.server, [inference])
  else known.push(inference)
}

/** Returns what the registrations in an application infer with. */
export function getInferences (app: FastifyInstance): readonly Inference[] {
  return inferences.get(app.server) ?? []
}
