import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { json } from 'node:stream/consumers'
import httpProxy from '@fastify/http-proxy'
import replyFrom from '@fastify/reply-from'
import axios from 'axios'
import type { FastifyInstance } from 'fastify'
import got from 'got'
import ky from 'ky'
import { Agent, interceptors, Pool, request, type Dispatcher } from 'undici'
import type { StandardCode } from '../../lib/catalog/standard-errors.js'
import { certificateOfAnotherHost } from '../support/certificates.js'
import type { Behaviour } from '../support/failing-server.js'

/** Whom a client is to call, and how long it may take. */
export interface Upstream {
  readonly url: string
  readonly lookup?: LookupFunction
  /** A certificate to trust. */
  readonly ca?: string
  /** Milliseconds for each phase: to connect, until the headers, between two parts of the body. */
  readonly timeout: number
}

type Call = (upstream: Upstream, signal: AbortSignal) => Promise<unknown>

function undiciOptions ({ timeout, lookup, ca }: Upstream): Pool.Options {
  return { headersTimeout: timeout, bodyTimeout: timeout, connect: { timeout, ...(lookup && { lookup }), ...(ca && { ca }) } }
}

function agentFor (upstream: Upstream): Agent {
  return new Agent(undiciOptions(upstream))
}

async function undiciJson (upstream: Upstream, signal: AbortSignal, dispatcher: Dispatcher): Promise<unknown> {
  const { body } = await request(upstream.url, { dispatcher, signal })
  return body.json()
}

/** How each client is used: the plainest way that its documentation shows. */
export const calls = {
  fetch: async (upstream, signal) => {
    const response = await fetch(upstream.url, { signal, dispatcher: agentFor(upstream) as never })
    return response.json()
  },
  'undici request': (upstream, signal) => undiciJson(upstream, signal, agentFor(upstream)),
  'undici Pool': async (upstream, signal) => {
    const { origin, pathname, search } = new URL(upstream.url)
    const { body } = await new Pool(origin, undiciOptions(upstream)).request({ method: 'GET', path: pathname + search, signal })
    return body.json()
  },
  'undici, retry interceptor': (upstream, signal) =>
    undiciJson(upstream, signal, agentFor(upstream).compose(interceptors.retry({ maxRetries: 1, minTimeout: 1, maxTimeout: 1 }))),
  'undici, response-error interceptor': (upstream, signal) =>
    undiciJson(upstream, signal, agentFor(upstream).compose(interceptors.responseError())),
  axios: async ({ url, timeout, lookup, ca }, signal) => {
    const response = await axios.get(url, {
      timeout,
      signal,
      responseType: 'json',
      transitional: { silentJSONParsing: false },
      ...(lookup && { lookup: lookup as never }),
      ...(ca && { httpsAgent: new https.Agent({ ca }) })
    })
    return response.data
  },
  got: ({ url, timeout, lookup, ca }, signal) => got(url, {
    timeout: { connect: timeout, secureConnect: timeout, response: timeout, read: timeout },
    retry: { limit: 0 },
    signal,
    ...(lookup && { dnsLookup: lookup as never }),
    ...(ca && { https: { certificateAuthority: ca } })
  }).json(),
  ky: (upstream, signal) => ky(upstream.url, {
    timeout: upstream.timeout,
    retry: 0,
    signal,
    fetch: (input, init) => fetch(input, { ...init, dispatcher: agentFor(upstream) as never })
  }).json(),
  'node:http': ({ url, timeout, lookup, ca }, signal) => new Promise((resolve, reject) => {
    const { get } = url.startsWith('https:') ? https : http
    get(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]), ...(lookup && { lookup }), ...(ca && { ca }) }, response => {
      json(response).then(resolve, reject)
    }).on('error', reject)
  })
} as const satisfies Readonly<Record<string, Call>>

type Mount = (app: FastifyInstance, path: string, upstream: Upstream) => void

function mountCall (call: Call): Mount {
  return (app, path, upstream) => {
    app.get(path, request => call(upstream, request.signal))
  }
}

/** How a route is made of each client. The errors of the proxies need no option to come through the error handler. */
export const clients = {
  ...Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, mountCall(call)])) as { readonly [C in keyof typeof calls]: Mount },
  '@fastify/reply-from': (app, path, upstream) => {
    app.register(async scope => {
      const { origin, pathname, search } = new URL(upstream.url)
      await scope.register(replyFrom, { base: origin, undici: agentFor(upstream), destroyAgent: true })
      scope.get(path, (_request, reply) => reply.from(pathname + search))
    })
  },
  '@fastify/http-proxy': (app, path, upstream) => {
    const { origin, pathname } = new URL(upstream.url)
    app.register(httpProxy, { prefix: path, upstream: origin, rewritePrefix: pathname, undici: agentFor(upstream), destroyAgent: true })
  }
} as const satisfies Readonly<Record<string, Mount>>

export type ClientName = keyof typeof clients

const direct = Object.keys(calls) as Array<keyof typeof calls>
const proxies = ['@fastify/reply-from', '@fastify/http-proxy'] as const satisfies readonly ClientName[]
const all: readonly ClientName[] = [...direct, ...proxies]
const throwing = ['undici, response-error interceptor', 'axios', 'got', 'ky'] as const satisfies readonly ClientName[]

/** A code of ours; or the caller's connection is cut, for the answer of the upstream was on its way already. */
export type Answer = StandardCode | 'connection cut'

/** One way in which an upstream fails, and what our caller gets. */
export interface Failure {
  /** What the upstream does. */
  readonly what: string
  readonly upstream: Omit<Upstream, 'url' | 'timeout' | 'lookup'> & { readonly at: Behaviour | `http://${string}` }
  /** Whether the client waits in vain. */
  readonly timesOut?: true
  readonly answers: ReadonlyArray<readonly [Answer, readonly ClientName[]]>
}

export const failures: readonly Failure[] = [
  { what: 'refuses the connection', upstream: { at: 'refuses' }, answers: [['bad_gateway', all]] },
  { what: 'does not finish the TLS handshake in time', upstream: { at: 'silent in the handshake' }, timesOut: true, answers: [['gateway_timeout', all]] },
  { what: 'sends no headers in time', upstream: { at: 'silent' }, timesOut: true, answers: [['gateway_timeout', all]] },
  {
    what: 'stops in the middle of its body',
    upstream: { at: 'silent in the body' },
    timesOut: true,
    answers: [
      ['gateway_timeout', direct.filter(name => name !== 'axios')], // axios reports its time-out now as one, now as a closed connection
      ['connection cut', proxies]
    ]
  },
  { what: 'resets the connection', upstream: { at: 'reset' }, answers: [['bad_gateway', all]] },
  { what: 'resets the connection after its headers', upstream: { at: 'reset after the headers' }, answers: [['bad_gateway', all]] },
  { what: 'resets the connection in its body', upstream: { at: 'reset in the body' }, answers: [['bad_gateway', direct], ['connection cut', proxies]] },
  { what: 'closes the connection without an answer', upstream: { at: 'closed' }, answers: [['bad_gateway', all]] },
  { what: 'closes the connection in its body', upstream: { at: 'closed in the body' }, answers: [['bad_gateway', direct], ['connection cut', proxies]] },
  { what: 'answers with something that is not HTTP', upstream: { at: 'not HTTP' }, answers: [['bad_gateway', all]] },
  { what: 'answers with a malformed chunk', upstream: { at: 'a malformed chunk' }, answers: [['bad_gateway', all]] },
  { what: 'answers with headers that are too large', upstream: { at: 'huge headers' }, answers: [['bad_gateway', all]] },
  { what: 'names an encoding that its body does not have', upstream: { at: 'a false encoding' }, answers: [['bad_gateway', ['fetch', 'axios', 'got', 'ky']]] },
  {
    what: 'answers with something that is not JSON',
    upstream: { at: 'not JSON' },
    answers: [
      ['bad_gateway', ['axios', 'got']],
      ['internal_error', direct.filter(name => name !== 'axios' && name !== 'got')] // a SyntaxError like any other
    ]
  },
  { what: 'redirects without end', upstream: { at: 'a redirect to itself' }, answers: [['bad_gateway', ['fetch', 'axios', 'got', 'ky']]] },
  { what: 'has an expired certificate', upstream: { at: 'an expired certificate' }, answers: [['bad_gateway', all]] },
  { what: 'has a certificate that nobody vouches for', upstream: { at: 'an untrusted certificate' }, answers: [['bad_gateway', all]] },
  { what: 'has a certificate for another host', upstream: { at: 'an untrusted certificate', ca: certificateOfAnotherHost }, answers: [['bad_gateway', all]] },
  { what: 'does not speak TLS', upstream: { at: 'no TLS' }, answers: [['bad_gateway', all]] },
  { what: 'has a name that does not exist', upstream: { at: 'http://missing.test:8080' }, answers: [['bad_gateway', all]] },
  { what: 'has a name that cannot be looked up now', upstream: { at: 'http://failing.test:8080' }, answers: [['service_unavailable', all]] },
  { what: 'answers 401', upstream: { at: 401 }, answers: [['bad_gateway', throwing]] },
  { what: 'answers 404', upstream: { at: 404 }, answers: [['bad_gateway', throwing]] },
  { what: 'answers 429', upstream: { at: 429 }, answers: [['bad_gateway', [...throwing, 'undici, retry interceptor']]] },
  { what: 'answers 500', upstream: { at: 500 }, answers: [['bad_gateway', [...throwing, 'undici, retry interceptor']]] },
  { what: 'answers 503', upstream: { at: 503 }, answers: [['bad_gateway', [...throwing, 'undici, retry interceptor']]] }
]
