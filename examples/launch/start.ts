/** Starts the example: `npm run example`. */
import { createApp } from './app.js'
import { formats, type FormatName } from 'fastify-api-errors'
import { demoKeys } from './seed.js'

const { PORT = '3000', HOST = '127.0.0.1', DATABASE_URL, REDIS_URL, FORMAT = 'code', LOG_LEVEL = 'warn' } = process.env

/** Prints one sentence about a setting that prevents the start. */
function exit (sentence: string): never {
  console.error(sentence)
  process.exit(2)
}

if (!Object.hasOwn(formats, FORMAT)) exit(`FORMAT is '${FORMAT}': expected one of ${Object.keys(formats).join(', ')}.`)
const port = Number(PORT)
if (!Number.isInteger(port) || port < 0 || port > 65535) exit(`PORT is '${PORT}': expected a number from 0 to 65535.`)

// At 'info', Fastify logs two lines for each request, and the keys that are printed below would scroll out of sight. A
// relative URL is resolved against the URL of the document, so the pages send their requests to this server.
const app = await createApp({
  url: '/',
  format: FORMAT as FormatName,
  databaseUrl: DATABASE_URL,
  redisUrl: REDIS_URL,
  negotiate: true,
  logger: { level: LOG_LEVEL }
})
app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.close())

const address = await app.listen({ port, host: HOST }).catch(async (error: NodeJS.ErrnoException) => {
  await app.close()
  if (error.code === 'EADDRINUSE') exit(`Port ${port} is in use. Set another one, for example PORT=${port + 1}.`)
  throw error
})

console.log(`
  The Launch API runs at ${address}

  Its pages            ${address}/docs
  Its document         ${address}/docs/json
  Its error reference  ${address}/errors

  Keys to try it with
${Object.entries(demoKeys).map(([name, { key }]) => `    ${name.padEnd(10)} ${key}`).join('\n')}

  The log below has the errors of the server. LOG_LEVEL=info adds each request.
`)
