/** The HTTP clients and proxies that call a failing upstream service. */
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { json } from 'node:stream/consumers'
import httpProxy from '@fastify/http-proxy'
import replyFrom, { type FastifyReplyFromHooks, type FastifyReplyFromOptions } from '@fastify/reply-from'
import axios from 'axios'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import got from 'got'
import ky from 'ky'
import OpenAI from 'openai'
import Stripe from 'stripe'
import { Agent, interceptors, Pool, request, type Dispatcher } from 'undici'

/** The URL that a client calls, and its timeouts. */
export interface Upstream {
  readonly url: string
  readonly lookup?: LookupFunction
  /** A certificate to trust. */
  readonly ca?: string
  /** Milliseconds for each phase: connecting, waiting for the headers, and waiting between two parts of the body. */
  readonly timeout: number
}

export type Call = (upstream: Upstream, signal: AbortSignal) => Promise<unknown>

function undiciOptions ({ timeout, lookup, ca }: Upstream): Pool.Options {
  return { headersTimeout: timeout, bodyTimeout: timeout, connect: { timeout, ...(lookup && { lookup }), ...(ca && { ca }) } }
}

export function agentFor (upstream: Upstream): Agent {
  return new Agent(undiciOptions(upstream))
}

async function undiciJson (upstream: Upstream, signal: AbortSignal, dispatcher: Dispatcher): Promise<unknown> {
  const { body } = await request(upstream.url, { dispatcher, signal })
  return body.json()
}

/** How each client is used: the simplest way in its documentation. */
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

/** Packages that call one service each. They wrap errors of their client and unexpected responses in their own errors. */
export const packages = {
  openai: ({ url, timeout }) => new OpenAI({ apiKey: 'key', baseURL: new URL(url).origin, maxRetries: 0, timeout }).models.list(),
  stripe: ({ url, timeout }) => {
    const { hostname, port } = new URL(url)
    return new Stripe('key', { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, timeout }).customers.retrieve('cus_1')
  }
} as const satisfies Readonly<Record<string, Call>>

/** Registers a route that calls an upstream service. */
export type Mount = (app: FastifyInstance, path: string, upstream: Upstream) => void

/** A route that makes a call. If the client disconnects, the call is aborted. */
export function mountCall (call: Call, signalOf: (request: FastifyRequest) => AbortSignal = request => request.signal): Mount {
  return (app, path, upstream) => {
    app.get(path, request => call(upstream, signalOf(request)))
  }
}

export function mountReplyFrom (optionsOf: (upstream: Upstream) => FastifyReplyFromOptions, hooks: FastifyReplyFromHooks = {}): Mount {
  return (app, path, upstream) => {
    app.register(async scope => {
      const { origin, pathname, search } = new URL(upstream.url)
      await scope.register(replyFrom, { base: origin, ...optionsOf(upstream) })
      scope.get(path, (_request, reply) => reply.from(pathname + search, hooks))
    })
  }
}

/** The proxies. Their errors reach the error handler without any option. */
export const proxies = {
  '@fastify/reply-from': mountReplyFrom(upstream => ({ undici: agentFor(upstream), destroyAgent: true })),
  '@fastify/reply-from, node:http': mountReplyFrom(({ timeout, ca, lookup }) => ({
    // Without `rejectUnauthorized`, it accepts any certificate.
    http: { requestOptions: { timeout, rejectUnauthorized: true, ...(ca && { ca }), ...(lookup && { lookup }) } }
  })),
  '@fastify/http-proxy': (app, path, upstream) => {
    const { origin, pathname } = new URL(upstream.url)
    app.register(httpProxy, { prefix: path, upstream: origin, rewritePrefix: pathname, undici: agentFor(upstream), destroyAgent: true })
  }
} as const satisfies Readonly<Record<string, Mount>>

const http2Proxy = {
  '@fastify/reply-from, node:http2': mountReplyFrom(({ timeout, lookup }) => ({ http2: { requestTimeout: timeout, sessionOptions: { lookup } as object } }))
}

/** How to create a route for each client. */
export const clients = {
  ...Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, mountCall(call)])) as { readonly [C in keyof typeof calls]: Mount },
  ...Object.fromEntries(Object.entries(packages).map(([name, call]) => [name, mountCall(call)])) as { readonly [C in keyof typeof packages]: Mount },
  ...proxies,
  ...http2Proxy
}

export type ClientName = keyof typeof clients
