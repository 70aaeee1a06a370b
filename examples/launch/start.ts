/** Starts the example: `npm run example`. */
import { createApp } from './app.js'
import { formats, type FormatName } from 'fastify-api-errors'
import { demoKeys } from './seed.js'

const { PORT = '3000', HOST = '127.0.0.1', DATABASE_URL, REDIS_URL, FORMAT = 'code' } = process.env
if (!Object.hasOwn(formats, FORMAT)) {
  console.error(`FORMAT is '${FORMAT}': expected one of ${Object.keys(formats).join(', ')}.`)
  process.exit(2)
}

const app = await createApp({ format: FORMAT as FormatName, databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, negotiate: true, logger: true })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.close())
const address = await app.listen({ port: Number(PORT), host: HOST })

console.log(`
  The Launch API runs at ${address}

  Its pages            ${address}/docs
  Its document         ${address}/docs/json
  Its error reference  ${address}/errors

  Keys to try it with
${Object.entries(demoKeys).map(([name, { key }]) => `    ${name.padEnd(10)} ${key}`).join('\n')}
`)
