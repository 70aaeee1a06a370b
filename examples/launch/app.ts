/** The application of the example. start.ts and the tests create it. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, swaggerOptions, type Format, type FormatName } from 'fastify-api-errors'
import { Redis } from 'ioredis'
import { openDatabase } from './database.js'
import { errors } from './errors.js'
import { createGuard } from './keys.js'
import { startPayments } from './payments.js'
import { draws } from './routes/draws.js'
import { orders } from './routes/orders.js'
import { organizations } from './routes/organizations.js'
import { products } from './routes/products.js'
import { queues } from './routes/queues.js'
import { sessions } from './routes/sessions.js'
import { users } from './routes/users.js'
import { webhooks } from './routes/webhooks.js'
import { seed } from './seed.js'

/** The settings of the example. With the defaults, no other software is needed. */
export interface LaunchOptions {
  /** @default 'code' */
  readonly format?: FormatName | Format
  /** @default false */
  readonly negotiate?: boolean
  /**
   * The URL of this server, which the OpenAPI document lists first. Absent: the document has only the URL of
   * production.
   */
  readonly url?: string
  /** The version of the OpenAPI document. @default '3.1.0' */
  readonly openapi?: '3.0.3' | '3.1.0' | '3.2.0'
  /** A Postgres server. Absent: one is embedded. */
  readonly databaseUrl?: string | undefined
  /** A Redis server for the limits. Absent: they are counted in memory. */
  readonly redisUrl?: string | undefined
  readonly logger?: FastifyServerOptions['logger']
  /** Whether rate limits are enabled. @default true */
  readonly rateLimit?: boolean
  /** Whether errors have the headers of the retry advice. @default true */
  readonly retryHeaders?: boolean
}

/** Creates the API of a product launch. Closing it also closes the connections that it opened. */
export async function createApp (options: LaunchOptions = {}): Promise<FastifyInstance> {
  const {
    format = 'code',
    negotiate = false,
    openapi = '3.1.0',
    url,
    databaseUrl,
    redisUrl,
    logger = false,
    rateLimit = true,
    retryHeaders = true
  } = options
  const app = Fastify(serverOptions({ logger })).withTypeProvider<TypeBoxTypeProvider>()

  const database = await openDatabase(seed, databaseUrl)
  const payments = await startPayments()
  const redis = redisUrl === undefined
    ? undefined
    : new Redis(redisUrl, { enableOfflineQueue: false, commandTimeout: 200, maxRetriesPerRequest: 1 })
  app.addHook('onClose', async () => {
    await database.close()
    await payments.close()
    redis?.disconnect()
  })

  await app.register(
    swagger,
    swaggerOptions({
      openapi: {
        openapi,
        info: {
          title: 'Launch API',
          version: '1.0.0',
          description:
            'The API of a product launch: users, organizations, products, queues, draws and orders. [What each error means](/errors).',
          contact: { name: 'Launch', url: 'https://launch.example/support', email: 'support@launch.example' },
          license: { name: 'MIT', url: 'https://opensource.org/license/mit' }
        },
        servers: [
          ...url === undefined ? [] : [{ url, description: 'This server' }],
          { url: 'https://api.launch.example', description: 'Production', 'x-internal': false } as { url: string }
        ],
        tags: ['Sessions', 'Users', 'Organizations', 'Products', 'Queues', 'Draws', 'Orders', 'Webhooks'].map(name => ({
          name,
          description: `${name}.`
        })),
        components: {
          securitySchemes: {
            apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' },
            session: {
              type: 'http',
              scheme: 'bearer',
              bearerFormat: 'JWT',
              description: 'The token of a session, made and checked as RFC8725 asks.'
            }
          }
        }
      }
    })
  )
  await app.register(cors, { exposedHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'] })
  // In its dark mode, swagger-ui shows the names of headers in dark gray. On a phone, its empty column of links is
  // beyond the edge.
  const content =
    'html.dark-mode .swagger-ui table.headers td { color: #e4e6e6 } @media (max-width: 640px) { .swagger-ui .response-col_links { display: none } }'
  const css = [{ filename: 'theme.css', content }]
  await app.register(swaggerUi, { routePrefix: '/docs', theme: { css } })
  await app.register(apiErrors, {
    errors,
    format,
    negotiate,
    retryHeaders,
    inferred: fileURLToPath(new URL('errors.inferred.json', import.meta.url)),
    reference: {
      path: '/errors',
      title: 'Errors of the Launch API',
      colors: { light: '#6b2fa0', dark: '#cbaaff' },
      logo: '/logo.svg',
      support: 'https://launch.example/support',
      changelog: fileURLToPath(new URL('errors.changelog.json', import.meta.url)),
      live: true
    },
    database: {
      constraints: {
        users_email_key: { field: 'email', message: 'Email already registered' },
        organizations_name_key: { field: 'name', message: 'Name already in use' },
        products_sku_key: { field: 'sku', message: 'Product SKU already exists' }
      }
    },
    ...(rateLimit && {
      rateLimit: {
        policies: {
          authentication: { max: 10, timeWindow: '1 minute' },
          queue_entry: { max: 5, timeWindow: '10 seconds' },
          general: { max: 100, timeWindow: '1 minute' },
          webhooks: { max: 1000, timeWindow: '1 minute' }
        },
        default: 'general',
        ...(redis !== undefined && { redis })
      }
    })
  })

  const logo = await readFile(new URL('logo.svg', import.meta.url))
  app.get(
    '/logo.svg',
    { schema: { hide: true }, config: { errors: false, rateLimitPolicy: false } },
    (_request, reply) => reply.type('image/svg+xml').send(logo)
  )

  const guard = createGuard(database)
  await app.register(sessions, { database, secret: 'a secret of the example, not of a real API' })
  await app.register(users, { database, guard })
  await app.register(organizations, { database, guard })
  await app.register(products, { database, guard })
  await app.register(queues, { database, guard })
  await app.register(draws, { database, guard })
  await app.register(orders, { database, guard, paymentsUrl: payments.url })
  await app.register(webhooks, { database, guard })
  return app
}

export default createApp
