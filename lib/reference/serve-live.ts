/** Serves the page with the errors that the API sends while it runs. It is for the developers of the API. */
import { pathToFileURL } from 'node:url'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { findPlace } from '../infer/read-inferred-file.js'
import { liveHtml } from './render/live-html.js'
import { readLiveScript } from './render/assets.js'
import type { Site } from './render/site.js'
import type { LiveError, SentError } from './live-error-types.js'
import { isProduction, type LiveGuard, type ResolvedReference } from './reference-options.js'
import type { Reference } from './create-reference.js'

/** Where the page gets its data. */
export interface LiveSource {
  /** Returns what was sent. */
  readonly listSent: () => readonly SentError[]
  /** Returns why a route can return a code, in sentences. */
  readonly explain: (route: string, code: string) => readonly string[]
}

/** The page is not documented and not limited. It loads itself often, so its requests are not logged. */
const routeOptions = {
  config: { errors: false, rateLimitPolicy: false },
  schema: { hide: true } as object,
  logLevel: 'warn'
} as const

/** The number of reasons that the page shows for each kind of error. */
const maxReasons = 5

/**
 * Serves the page at `live` below the path of the reference.
 *
 * @param headers the headers of every page
 * @param reject throws the error for a request that the guard rejects
 */
export function serveLive (
  app: FastifyInstance,
  { path, live, source }: ResolvedReference,
  { getReference, site, headers, reject, listSent, explain }: LiveSource & {
    readonly getReference: () => Reference,
    readonly site: Site,
    readonly headers: Readonly<Record<string, string>>,
    readonly reject: () => never
  }
): void {
  const getReasons = createReasons(explain, source)
  const listErrors = (): LiveError[] => listSent().map(sent => ({ ...sent, reasons: getReasons(sent) }))
  const check = async (request: FastifyRequest): Promise<void> => {
    if (typeof live === 'function' && !await isAllowed(live, request)) reject()
  }

  app.get(`${path}/live`, routeOptions, async (request, reply) => {
    await check(request)
    const mediaType = new Negotiator(request.raw).mediaType(['text/html', 'application/json']) ?? 'text/html'
    reply.headers(headers).header('cache-control', 'no-store').header('vary', 'accept').header(
      'content-type',
      `${mediaType}; charset=utf-8`
    )
    const errors = listErrors()
    return mediaType === 'text/html'
      ? liveHtml(getReference(), errors, site)
      : `${JSON.stringify({ errors }, null, 2)}\n`
  })
  const script = readLiveScript()
  app.get(`${path}/live.js`, routeOptions, async (request, reply) => {
    await check(request)
    return reply.headers({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff'
    }).send(script)
  })
}

async function isAllowed (guard: LiveGuard, request: FastifyRequest): Promise<boolean> {
  return await guard(request) === true
}

/**
 * Returns a function that returns the reasons of an error. It explains each kind once, because the routes do not
 * change.
 */
function createReasons (
  explain: LiveSource['explain'],
  source: string | undefined
): (sent: SentError) => LiveError['reasons'] {
  const known = new Map<string, LiveError['reasons']>()
  return ({ route, code }) => {
    if (route === null || code === null) return []
    const key = `${route} ${code}`
    let reasons = known.get(key)
    if (reasons === undefined) {
      known.set(
        key,
        reasons = explain(route, code).slice(0, maxReasons).map(text => ({ text, ...createLink(text, source) }))
      )
    }
    return reasons
  }
}

/**
 * Returns the URL of the line that a reason names. Without the URL of the source, an editor opens the file of the
 * working directory.
 */
function createLink (reason: string, source: string | undefined): { readonly url?: string } {
  const place = findPlace(reason)
  if (place === undefined || (source === undefined && isProduction())) return {}
  const { file, line } = place
  if (source !== undefined) return { url: `${source.replace(/\/$/, '')}/${encodeURI(file)}#L${line}` }
  return { url: `vscode://file${pathToFileURL(file).pathname}:${line}` }
}
