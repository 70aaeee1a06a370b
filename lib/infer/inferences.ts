/** Stores what each registration of the plugin infers with. Tools that only have the application read it here. */
import type { FastifyInstance } from 'fastify'
import type { Hook } from '../fastify/hooks.js'
import type { HookName } from '../fastify/hook-names.js'
import type { Translator } from '../translate/translator.js'
import type { RouteErrors } from './route-errors.js'
import type { RouteRecord } from './route-record.js'

/** What one registration of the plugin infers with. */
export interface Inference {
  readonly routeErrors: RouteErrors
  /** The translators in the order in which they are asked, the built-in ones included. */
  readonly translators: readonly Translator[]
  /** Returns the hooks that run on a route, as the application wrote them. */
  readonly getHooks: (record: RouteRecord) => Readonly<Record<HookName, readonly Hook[]>>
}

/**
 * The property of the server that has the inferences. An application in CommonJS and the commands of this package can load two
 * copies of this file, so a `WeakMap` of this file would be empty in one of them.
 */
const property = Symbol.for('fastify-api-errors.inferences')

type Server = FastifyInstance['server'] & { [property]?: Inference[] }

/** Remembers what a registration of the plugin infers with. */
export function addInference (app: FastifyInstance, inference: Inference): void {
  const server: Server = app.server
  server[property] = [...getInferences(app), inference]
}

/** Returns what the registrations in an application infer with. */
export function getInferences (app: FastifyInstance): readonly Inference[] {
  const server: Server = app.server
  return server[property] ?? []
}
