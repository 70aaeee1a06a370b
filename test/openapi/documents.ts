/** Helpers for the tests of the documentation: applications with a document, and functions that read it. */
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions, swaggerOptions, type ApiErrorsOptions } from 'fastify-api-errors'

export type Json = Record<string, unknown>

export interface Operation extends Json {
  readonly responses: Readonly<Record<string, Json>>
}

/** The part of an OpenAPI document that is read here. */
export interface Document extends Json {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, Json>>>>
}

/** How an application creates its document. */
export interface Setup {
  readonly plugin?: ApiErrorsOptions
  readonly openapi?: Json
  /** Options of @fastify/swagger in addition to `openapi`. */
  readonly swagger?: Json
  /** @default 'ours first': swaggerOptions(), and this plugin after @fastify/swagger */
  readonly wiring?: 'swagger first' | 'ours first' | 'swagger alone' | 'swagger alone, ours first'
  readonly server?: Json
}

export const info = { title: 'Test', version: '1.0.0' }

/** Returns a ready application with the routes that a function registers. */
export async function createApp (setup: Setup, routes: (app: FastifyInstance) => unknown): Promise<FastifyInstance> {
  const { plugin = {}, openapi = {}, swagger: more = {}, wiring = 'swagger first', server = {} } = setup
  const app = Fastify(serverOptions(server))
  const options = { openapi: { openapi: '3.1.0', info, ...openapi }, ...more }
  const registerSwagger = () => app.register(swagger, (wiring.startsWith('swagger alone') ? options : swaggerOptions(options)) as object)
  const registerOurs = () => app.register(apiErrors, plugin)
  for (const register of wiring.endsWith('ours first') ? [registerOurs, registerSwagger] : [registerSwagger, registerOurs]) await register()
  await routes(app)
  await app.ready()
  return app
}

/** Returns the document of an application as a client gets it. */
export function documentOf (app: FastifyInstance): Document {
  return JSON.parse(JSON.stringify((app as unknown as { swagger: () => unknown }).swagger()))
}

/** Returns a document in which every reference is replaced by its target, for documents without cycles. */
export function resolved (value: unknown, document: Json): unknown {
  if (Array.isArray(value)) return value.map(item => resolved(item, document))
  if (typeof value !== 'object' || value === null) return value
  const { $ref } = value as { $ref?: unknown }
  if (typeof $ref === 'string') {
    const target = $ref.slice(2).split('/').reduce<unknown>((at, part) => (at as Json | undefined)?.[part], document)
    if (target === undefined) throw new Error(`${$ref} refers to nothing`)
    return resolved(target, document)
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, document)]))
}

/** Returns the statuses of an operation, each with the codes of its examples. */
export function codesByStatus (document: Document, path: string, method: string): Record<string, string[]> {
  const { responses } = resolved(document.paths[path]?.[method], document) as { responses: Record<string, { content?: Record<string, { examples?: Json }> }> }
  return Object.fromEntries(Object.entries(responses).map(([status, { content }]) =>
    [status, [...new Set(Object.values(content ?? {}).flatMap(({ examples }) => Object.keys(examples ?? {})))].sort()]))
}
