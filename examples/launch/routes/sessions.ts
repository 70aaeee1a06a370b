/** The routes for signing in, and the hooks that check the token. */
import { scrypt as scryptCallback, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import jwt from '@fastify/jwt'
import type { FastifyRequest } from 'fastify'
import type { Database } from '../database.js'
import { errors } from '../errors.js'
import { Device, Email, printable } from './fields.js'

const scrypt = promisify(scryptCallback) as (password: string, salt: string, length: number) => Promise<Buffer>

/** Returns `salt:hash` for the users table. */
export async function hashPassword (password: string, salt: string): Promise<string> {
  return `${salt}:${(await scrypt(password, salt, 32)).toString('hex')}`
}

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sub: string, device: string }
    user: { sub: string, device: string }
  }
}

/** The routes for signing in and for signed-in users. */
export const sessions: FastifyPluginAsyncTypebox<{ database: Database, secret: string }> = async (
  app,
  { database, secret }
) => {
  await app.register(jwt, { secret })

  async function session (request: FastifyRequest): Promise<void> {
    await request.jwtVerify()
  }

  async function sameDevice (request: FastifyRequest): Promise<void> {
    if (request.user.device !== request.headers['x-device-id']) throw errors.device_mismatch()
  }

  app.post('/sessions', {
    schema: {
      operationId: 'signIn',
      summary: 'Sign in',
      description: 'The token of the session belongs to the device that signed in.',
      tags: ['Sessions'],
      security: [],
      body: Type.Object({
        email: Email,
        password: Type.String({ minLength: 1, maxLength: 200, pattern: printable }),
        device_id: Device,
        lifetime: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600, default: 900, description: 'Seconds.' }))
      }, { additionalProperties: false }),
      response: { 201: Type.Object({ token: Type.String() }, { description: 'The token of the session.' }) }
    },
    config: { rateLimitPolicy: 'authentication' }
  }, async (request, reply) => {
    const { email, password, device_id: device, lifetime } = request.body
    const { rows: [user] } = await database.query<{ id: string, password_hash: string }>(
      'select id, password_hash from users where email = $1',
      [email]
    )
    const [salt, hash] = (user?.password_hash ?? `none:${'00'.repeat(32)}`).split(':') as [string, string]
    const matches = timingSafeEqual(await scrypt(password, salt, 32), Buffer.from(hash, 'hex'))
    if (user === undefined || !matches) throw errors.invalid_credentials()
    reply.code(201)
    return { token: app.jwt.sign({ sub: user.id, device }, { expiresIn: `${lifetime ?? 900}s` }) }
  })

  app.get('/me', {
    onRequest: [session],
    preHandler: [sameDevice],
    schema: {
      operationId: 'readMe',
      summary: 'The signed-in user',
      description: 'Only the device that signed in can read the user.',
      tags: ['Sessions'],
      security: [{ session: [] }],
      headers: Type.Object({ 'x-device-id': Device }),
      response: { 200: Type.Object({ id: Type.String(), email: Type.String() }, { description: 'The user.' }) }
    }
  }, async request => {
    const { rows: [user] } = await database.query<{ id: string, email: string }>(
      'select id, email from users where id = $1',
      [request.user.sub]
    )
    if (user === undefined) throw errors.invalid_token()
    return user
  })
}
