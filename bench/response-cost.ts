/**
 * Measures the work for an error response without a socket: `node bench/out/response-cost.js` prints microseconds per
 * response. It measures with warm CPU caches, as in a loop, and with cold ones, as in a server that does other work
 * between two errors.
 */
import { Ajv } from 'ajv'
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { apiErrors, serverOptions, standardErrors } from './built-package.js'
import { tenFields, tenWrong } from './sample-requests.js'

/** Larger than the second-level CPU cache. */
const swept = new Uint8Array(4 * 2 ** 20)
const responses = 20_000

const noHeaders = Object.create(null) as object

/** How many responses were written. */
let written = 0

/** The part of Node's response that Fastify and the plugin use. */
const response = (): object => ({
  headersSent: false,
  destroyed: false,
  getHeader: () => undefined,
  getHeaders: () => noHeaders,
  getHeaderNames: () => [],
  hasHeader: () => false,
  listenerCount: () => 0,
  on () {},
  once () {},
  removeListener () {},
  writeHead () {},
  end () {
    written++
  }
})

type ReplyConstructor = new(response: object, request: FastifyRequest, log: FastifyRequest['log']) => FastifyReply

function micros (send: () => void, between: () => void): number {
  written = 0
  for (let count = 0; count < responses; count++) send()
  if (written !== responses) {
    throw new Error(`Expected ${responses} responses, got ${written}: the measured path is not that of a response.`)
  }
  const times: number[] = []
  for (let round = 0; round < 9; round++) {
    let spent = 0n
    for (let count = 0; count < responses / 10; count++) {
      between()
      const start = process.hrtime.bigint()
      send()
      spent += process.hrtime.bigint() - start
    }
    times.push(Number(spent) / (responses / 10) / 1000)
  }
  return times.sort((a, b) => a - b)[4] as number
}

function sweep (): void {
  for (let at = 0; at < swept.length; at += 64) swept[at] = (swept[at] as number) + 1
}

const validate = new Ajv({ allErrors: true }).compile(tenFields)
validate(tenWrong)
const failures = {
  'a 404': standardErrors.resource_not_found({ message: 'No queue has this id.' }),
  'a TypeError': new TypeError('no'),
  'a unique violation of Postgres': Object.assign(
    new Error('duplicate key value violates unique constraint "users_email_key"'),
    {
      severity: 'ERROR',
      code: '23505',
      detail: 'Key (email)=(a@b.co) already exists.',
      table: 'users',
      constraint: 'users_email_key'
    }
  ),
  'ten invalid fields': Object.assign(new Error('no'), {
    code: 'FST_ERR_VALIDATION',
    statusCode: 400,
    validationContext: 'body',
    validation: validate.errors
  })
}

for (const withPlugin of [false, true]) {
  const app = Fastify(withPlugin ? serverOptions() : {})
  if (withPlugin) await app.register(apiErrors, { log: false })
  let seen: FastifyReply | undefined
  app.post('/', { schema: { body: tenFields } }, async (_request, reply) => {
    seen = reply
  })
  await app.inject({
    method: 'POST',
    url: '/',
    payload: Object.fromEntries(Object.keys(tenWrong).map(name => [name, 'right']))
  })
  const { request, constructor } = seen as unknown as {
    readonly request: FastifyRequest,
    readonly constructor: ReplyConstructor
  }
  const Reply = constructor
  for (const [what, error] of Object.entries(failures)) {
    const send = (): void => {
      new Reply(response(), request, request.log).send(error as FastifyError)
    }
    console.log(
      `${withPlugin ? 'ours   ' : 'fastify'} ${what.padEnd(32)} warm ${micros(send, () => {}).toFixed(1)} us, cold ${micros(send, sweep).toFixed(1)} us`
    )
  }
  await app.close()
}
