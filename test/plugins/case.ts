/** The type of the plugin cases. plugins.test.ts runs them, and docs/plugins.md lists them. */
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { StandardCode } from '../../lib/catalog/standard-errors.js'

/** A response in the format of the API. Omitted values come from the definition. */
export interface CatalogResponse {
  readonly code: StandardCode
  readonly message?: string
  readonly meta?: object
  /** The headers in addition to those of every error. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A response that a plugin sends itself, without the error handler. */
export interface OwnResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request that a plugin rejects, and the complete response. */
export interface PluginCase {
  /** The problem of the request. */
  readonly what: string
  /** Registers the plugin and a route, after our plugin. */
  readonly setup: (app: FastifyInstance) => Promise<void>
  readonly request: InjectOptions | ((app: FastifyInstance) => InjectOptions | Promise<InjectOptions>)
  readonly response: CatalogResponse | OwnResponse
}
