/** Helpers for the tests of the documentation: applications with a document, and functions that read it. */
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
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

/** Returns the codes of every operation by status: `{ '/users post': { 201: [], 400: ['invalid_request'] } }`. */
export function codesByOperation (document: Document): Json {
  return Object.fromEntries(Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map(method => [`${path} ${method}`, codesByStatus(document, path, method)])))
}

const Email = Type.Object({ email: Type.String({ format: 'email' }) })
const Name = Type.Object({ name: Type.String({ minLength: 1 }) })

/** Adds a few routes whose errors are {@link sampleCodes}. */
export function addSampleRoutes (app: FastifyInstance): void {
  app.get('/health', async () => 'ok')
  app.post('/users', { schema: { body: Email, response: { 201: Type.Object({ id: Type.String() }) } } }, async () => ({ id: '1' }))
  app.put('/users/:id', { schema: { body: Name }, config: { errors: ['resource_conflict'] } }, async () => ({}))
}

/** The codes of the routes of {@link addSampleRoutes}, by operation and status. */
export const sampleCodes = {
  '/health get': { 200: [], 500: ['internal_error'] },
  '/users post': {
    201: [],
    400: ['invalid_request'],
    413: ['payload_too_large'],
    415: ['unsupported_media_type'],
    422: ['missing_required_field', 'validation_error'],
    500: ['internal_error']
  },
  '/users/{id} put': {
    200: [],
    400: ['invalid_request'],
    404: ['resource_not_found'],
    409: ['resource_conflict'],
    413: ['payload_too_large'],
    415: ['unsupported_media_type'],
    422: ['missing_required_field', 'validation_error'],
    500: ['internal_error']
  }
}
