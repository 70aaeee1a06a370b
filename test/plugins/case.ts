import type { FastifyInstance, InjectOptions } from 'fastify'
import type { StandardCode } from '../../lib/catalog/standard-errors.js'

/** An answer in the contract's shape; what is left out is the definition's. */
export interface OurAnswer {
  readonly code: StandardCode
  readonly message?: string
  readonly meta?: object
  /** The headers beyond those that every error has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that a plugin gives by itself, past the error handler. */
export interface OwnAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request that a plugin refuses, and the whole answer. */
export interface PluginCase {
  /** What is wrong with the request. */
  readonly what: string
  /** Registers the plugin and a route, after our plugin. */
  readonly setup: (app: FastifyInstance) => Promise<void>
  readonly request: InjectOptions | ((app: FastifyInstance) => InjectOptions | Promise<InjectOptions>)
  readonly answer: OurAnswer | OwnAnswer
}
