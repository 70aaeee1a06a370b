/**
 * Stores the inference data of each registration of the plugin. Tools that only have the application read the data
 * here.
 */
import type { FastifyInstance } from 'fastify'
import type { Hook } from '../fastify/guard-hooks.js'
import type { HookName } from '../fastify/hook-names.js'
import type { Translator } from '../translate/translator.js'
import type { ValidationStatus } from '../translate/validation/validation-status.js'
import type { RouteErrors } from './route-errors.js'
import { listMethodNames, type RouteRecord } from './route-record.js'

/** The data that one registration of the plugin uses for inference. */
export interface Inference {
  readonly routeErrors: RouteErrors
  /** The translators in the order in which they run, including the built-in ones. */
  readonly translators: readonly Translator[]
  /** The status of the response to an invalid body. @default 422 */
  readonly validationStatus: ValidationStatus | undefined
  /** Returns the hooks that run on a route, as the application wrote them. */
  readonly getHooks: (record: RouteRecord) => Readonly<Record<HookName, readonly Hook[]>>
}

/**
 * The property of the server that has the inferences. A CommonJS application and the commands of this package can load
 * two copies of this file. A `WeakMap` would be empty in one of them.
 */
const property = Symbol.for('fastify-api-errors.inferences')

type Server = FastifyInstance['server'] & { [property]?: Inference[] }

/** Stores the data that a registration of the plugin uses for inference. */
export function addInference (app: FastifyInstance, inference: Inference): void {
  const server: Server = app.server
  server[property] = [...getInferences(app), inference]
}

/** Returns the data that the registrations in an application use for inference. */
export function getInferences (app: FastifyInstance): readonly Inference[] {
  const server: Server = app.server
  return server[property] ?? []
}

/** Returns the routes whose errors an error handler of the application responds to. */
export function listUnhandledRoutes (app: FastifyInstance): string[] {
  const names = getInferences(app).flatMap(({ routeErrors }) =>
    routeErrors.routes
      .filter(record => record.route.config?.errors !== false && !routeErrors.isCovered(record))
      .flatMap(listMethodNames)
  )
  return [...new Set(names)].sort()
}
