/** The failures of calls to another service. docs/upstreams.md lists them. */
import { get } from 'node:http'
import httpProxy from '@fastify/http-proxy'
import type { FastifyReplyFromHooks } from '@fastify/reply-from'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Agent, Pool } from 'undici'
import { standardErrors as errors, type StandardCode } from '../../../../lib/catalog/standard-errors.js'
import { certificateOfAnotherHost } from '../../../helpers/certificates.js'
import type { Behavior, FailingServer } from '../../../helpers/failing-server.js'
import { agentFor, calls, clients, mountCall, mountReplyFrom, packages, proxies, type ClientName, type Mount } from '../../helpers/upstream-clients.js'

/**
 * The result for the client: a code, the response of the upstream service, a closed connection if part of that response was
 * sent, or nothing if the client disconnected.
 */
export type UpstreamOutcome = StandardCode | 'passed on' | 'connection closed' | 'no response'

/** One failure of a call to another service, and the result for the client. */
export interface UpstreamCase {
  readonly what: string
  readonly through: string
  /** Whether the client waits until its timeout. */
  readonly timesOut: boolean
  readonly outcome: UpstreamOutcome
  readonly mount: (app: FastifyInstance, path: string, upstreams: FailingServer) => void
}

/** Milliseconds: short if the client waits until its timeout, otherwise long enough for a busy machine. */
const timeouts = { inVain: 1000, patient: 30_000 }

/** The time at which a call is aborted or the client disconnects: after the call started and before its timeout. */
export const soon = 100

const direct = Object.keys(calls) as Array<keyof typeof calls>
const proxying = Object.keys(proxies) as Array<keyof typeof proxies>
const overHttp1: readonly ClientName[] = [...direct, ...proxying]
const wrapping = Object.keys(packages) as Array<keyof typeof packages>
const all = (Object.keys(clients) as ClientName[]).filter(name => !wrapping.some(other => other === name))
const throwing: readonly ClientName[] = ['undici, response-error interceptor', 'axios', 'got', 'ky', ...wrapping]
const parsing: readonly ClientName[] = ['axios', 'got']

interface Failure {
  readonly what: string
  readonly at: Behavior | `http://${string}`
  readonly timesOut?: boolean
  /** A certificate to trust. */
  readonly ca?: string
  readonly outcomes: ReadonlyArray<readonly [UpstreamOutcome, readonly ClientName[]]>
}

const failures: readonly Failure[] = [
  { what: 'The upstream refuses the connection.', at: 'refuses', outcomes: [['bad_gateway', [...all, ...wrapping]]] },
  { what: 'The upstream does not finish the TLS handshake in time.', at: 'silent in the handshake', timesOut: true, outcomes: [['gateway_timeout', overHttp1]] },
  { what: 'The upstream sends no headers in time.', at: 'silent', timesOut: true, outcomes: [['gateway_timeout', [...all, ...wrapping]]] },
  {
    what: 'The upstream stops in the middle of the body.',
    at: 'silent in the body',
    timesOut: true,
    outcomes: [
      ['gateway_timeout', direct.filter(name => name !== 'axios')], // axios reports its timeout either as a timeout or as a closed connection
      ['connection closed', proxying]
    ]
  },
  { what: 'The upstream resets the connection.', at: 'reset', outcomes: [['bad_gateway', [...overHttp1, ...wrapping]]] },
  { what: 'The upstream resets the connection after its headers.', at: 'reset after the headers', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The upstream resets the connection in the middle of the body.', at: 'reset in the body', outcomes: [['bad_gateway', direct], ['connection closed', proxying]] },
  { what: 'The upstream closes the connection without a response.', at: 'closed', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The upstream closes the connection in the middle of the body.', at: 'closed in the body', outcomes: [['bad_gateway', direct], ['connection closed', proxying]] },
  { what: 'The upstream sends a response that is not HTTP.', at: 'not HTTP', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The upstream sends a malformed chunk.', at: 'a malformed chunk', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The upstream sends headers that are too large.', at: 'huge headers', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The body of the upstream does not match its Content-Encoding.', at: 'a false encoding', outcomes: [['bad_gateway', ['fetch', 'axios', 'got', 'ky']]] },
  {
    what: 'The upstream sends a response that is not JSON.',
    at: 'not JSON',
    outcomes: [['bad_gateway', parsing], ['internal_error', direct.filter(name => !parsing.includes(name))]]
  },
  { what: 'The upstream redirects endlessly.', at: 'a redirect to itself', outcomes: [['bad_gateway', ['fetch', 'axios', 'got', 'ky']]] },
  { what: 'The certificate of the upstream has expired.', at: 'an expired certificate', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The certificate of the upstream is not trusted.', at: 'an untrusted certificate', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The certificate of the upstream is for another host.', at: 'an untrusted certificate', ca: certificateOfAnotherHost, outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The upstream does not use TLS.', at: 'no TLS', outcomes: [['bad_gateway', overHttp1]] },
  { what: 'The host name of the upstream does not exist.', at: 'http://missing.test:8080', outcomes: [['bad_gateway', all]] },
  { what: 'The host name of the upstream temporarily cannot be resolved.', at: 'http://failing.test:8080', outcomes: [['service_unavailable', all]] },
  { what: 'The upstream returns 401.', at: 401, outcomes: [['bad_gateway', throwing], ['passed on', proxying]] },
  { what: 'The upstream returns 404.', at: 404, outcomes: [['bad_gateway', throwing], ['passed on', proxying]] },
  { what: 'The upstream returns 429.', at: 429, outcomes: [['bad_gateway', [...throwing, 'undici, retry interceptor']], ['passed on', proxying]] },
  { what: 'The upstream returns 500.', at: 500, outcomes: [['bad_gateway', [...throwing, 'undici, retry interceptor']], ['passed on', proxying]] },
  { what: 'The upstream returns 503.', at: 503, outcomes: [['bad_gateway', [...throwing, 'undici, retry interceptor']], ['passed on', proxying]] }
]

function casesOf ({ what, at, ca, timesOut = false, outcomes }: Failure): UpstreamCase[] {
  return outcomes.flatMap(([outcome, names]) => names.map(through => ({
    what,
    through,
    timesOut,
    outcome,
    mount: (app, path, upstreams) => clients[through](app, path, {
      url: typeof at === 'string' && at.startsWith('http:') ? at : upstreams.url(at as Behavior),
      lookup: upstreams.lookup,
      timeout: timesOut ? timeouts.inVain : timeouts.patient,
      ...(ca !== undefined && { ca })
    })
  })))
}

function givenUp (what: string, at: Behavior, outcome: UpstreamOutcome, signalOf?: () => AbortSignal): UpstreamCase[] {
  return direct.map(through => ({
    what,
    through,
    timesOut: false,
    outcome,
    mount: (app, path, upstreams) => mountCall(calls[through], signalOf)(app, path, { url: upstreams.url(at), timeout: timeouts.patient })
  }))
}

function abortSoon (): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => { controller.abort() }, soon)
  return controller.signal
}

// #region errors of an upstream behind a proxy
const errorsOfUpstream: FastifyReplyFromHooks = {
  onResponse (_request, reply, response) {
    const { statusCode, headers, stream } = response as unknown as { statusCode: number, headers: object, stream: NodeJS.ReadableStream }
    if (statusCode < 400) {
      reply.send(stream)
      return
    }
    stream.resume()
    for (const name of Object.keys(headers)) reply.removeHeader(name)
    reply.send(errors.bad_gateway({ message: `The upstream returned ${statusCode}.` }))
  }
}
// #endregion

// #region a signal of the reply
function signalOf (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => { controller.abort() })
  return controller.signal
}
// #endregion

function single (what: string, through: string, outcome: UpstreamOutcome, at: Behavior, mount: Mount): UpstreamCase {
  return { what, through, timesOut: false, outcome, mount: (app, path, upstreams) => mount(app, path, { url: upstreams.url(at), timeout: timeouts.patient }) }
}

/** Every case. Each is tested over sockets. */
export const upstreamCases: readonly UpstreamCase[] = [
  ...failures.flatMap(casesOf),
  ...[401, 503].flatMap(status => [
    single(`The upstream returns ${status}.`, '@fastify/reply-from, with onResponse', 'bad_gateway', status as Behavior,
      mountReplyFrom(upstream => ({ undici: agentFor(upstream), destroyAgent: true }), errorsOfUpstream)),
    single(`The upstream returns ${status}.`, '@fastify/http-proxy, with onResponse', 'bad_gateway', status as Behavior, (app, path, { url }) => {
      app.register(httpProxy, { prefix: path, upstream: new URL(url).origin, replyOptions: errorsOfUpstream })
    })
  ]),
  single('Every address of the upstream refuses the connection.', 'node:http', 'bad_gateway', 'refuses', (app, path, { url }) => {
    const addresses = ['127.0.0.1', '127.0.0.2'].map(address => ({ address, family: 4 }))
    app.get(path, () => new Promise((_resolve, reject) => {
      get(url.replace('127.0.0.1', 'upstream.test'), { lookup: (_hostname, _options, callback) => { callback(null, addresses) } }).on('error', reject)
    }))
  }),
  single('Every mirror in a Promise.any() refuses the connection.', 'fetch', 'bad_gateway', 'refuses', (app, path, { url }) => {
    app.get(path, () => Promise.any([fetch(url), fetch(url)]))
  }),
  single('The Unix socket of the upstream does not exist.', 'node:http', 'bad_gateway', 'refuses', (app, path) => {
    app.get(path, () => new Promise((_resolve, reject) => { get({ socketPath: '/nowhere/upstream.sock' }).on('error', reject) }))
  }),
  single('The application wraps the error in its own error.', 'fetch', 'bad_gateway', 'refuses', (app, path, { url }) => {
    app.get(path, () => fetch(url).catch(cause => { throw new Error('The payment failed.', { cause }) }))
  }),
  single('The pool is destroyed.', 'undici Pool', 'service_unavailable', 'silent', (app, path, { url }) => {
    const pool = new Pool(new URL(url).origin)
    app.get(path, async () => {
      await pool.destroy()
      return pool.request({ method: 'GET', path: '/' })
    })
  }),
  single('The pool is closed.', 'undici Pool', 'service_unavailable', 'silent', (app, path, { url }) => {
    const pool = new Pool(new URL(url).origin)
    app.get(path, async () => {
      await pool.close()
      return pool.request({ method: 'GET', path: '/' })
    })
  }),
  single('The pool is destroyed.', '@fastify/reply-from', 'service_unavailable', 'silent', mountReplyFrom(() => {
    const undici = new Agent()
    undici.destroy()
    return { undici }
  })),
  ...givenUp('AbortSignal.timeout() aborts the call before the headers.', 'silent', 'gateway_timeout', () => AbortSignal.timeout(soon)),
  ...givenUp('AbortSignal.timeout() aborts the call in the middle of the body.', 'silent in the body', 'gateway_timeout', () => AbortSignal.timeout(soon)),
  ...givenUp('The application aborts the call with an AbortController.', 'silent', 'gateway_timeout', abortSoon),
  ...givenUp('The client disconnects, and request.signal aborts the call.', 'silent', 'no response'),
  single('The client disconnects, and a signal of the reply aborts the call.', 'fetch', 'no response', 'silent', (app, path, { url }) => {
    app.get(path, (_request, reply) => fetch(url, { signal: signalOf(reply) }))
  }),
  ...proxying.map(through => ({
    what: 'The client disconnects, and then the upstream sends no headers in time.',
    through,
    timesOut: true,
    outcome: 'no response' as const,
    mount: (app: FastifyInstance, path: string, upstreams: FailingServer) => clients[through](app, path, { url: upstreams.url('silent'), timeout: timeouts.inVain })
  }))
]
