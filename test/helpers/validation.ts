/** Helpers for the tests of validation errors. */
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { type Issue } from 'fastify-api-errors'

/** The errors of a field, without the values that follow from others. */
export type Fault = readonly [field: string, code: string, message: string]

/** An API that rejects invalid requests. `define` adds the routes. */
export async function createApi (options: FastifyServerOptions = {}, prepare: (app: FastifyInstance) => unknown = () => {}): Promise<FastifyInstance> {
  const app = Fastify({ ...options, genReqId: () => 'req_1' }) as FastifyInstance
  await app.register(apiErrors)
  await prepare(app)
  return app
}

/** Returns the errors of an API for the body of `POST /`, and the code. */
export async function postTo (app: FastifyInstance, payload: unknown): Promise<{ status: number, code: string, faults: Fault[], text: string }> {
  const response = await app.inject({ method: 'POST', url: '/', payload: JSON.stringify(payload), headers: { 'content-type': 'application/json' } })
  const { code, details = [] } = response.json<{ code: string, details?: Issue[] }>()
  return { status: response.statusCode, code, faults: details.map(({ field, code, message }) => [field, code, message]), text: response.body }
}
