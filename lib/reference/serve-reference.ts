import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import Negotiator from 'negotiator'
import type { standardErrors } from '../catalog/standard-errors.js'
import { assets } from './render/assets.js'
import { indexHtml, pageHtml } from './render/html.js'
import { indexJson, pageJson } from './render/json.js'
import { indexMarkdown, pageMarkdown } from './render/markdown.js'
import type { Reference, ReferenceCode } from './create-reference.js'
import type { Site } from './render/site.js'

/** The `reference` option. */
export interface ReferenceOptions {
  /** Where the index is; the page of a code is below it: `/errors/resource_not_found`. */
  readonly path: string
  /** The heading of the index. @default 'Errors' */
  readonly title?: string
}

type Render = (reference: Reference, page: ReferenceCode | undefined, site: Site) => string

/** The forms of a page by media type. The first is for callers who take anything: `type` of RFC 9457, section 3.1.1, is for people. */
const forms: Readonly<Record<string, Render>> = {
  'text/html': (reference, page, site) => page === undefined ? indexHtml(reference, site) : pageHtml(reference, page, site),
  'text/markdown': (reference, page, site) => page === undefined ? indexMarkdown(reference, site) : pageMarkdown(reference, page, site),
  'application/json': (reference, page, site) => page === undefined ? indexJson(reference, site) : pageJson(page, site)
}

/** The pages load what belongs to them, and nothing else: no script in a description could run. */
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Pages that are kept, so that nobody can make the server write the same one again and again. */
const maxKept = 1000

/** Out of the contract, out of the document, and not limited: they are pages about the API. */
const routeOptions = { config: { errors: false, rateLimitPolicy: false }, schema: { hide: true } as FastifySchema } as const

/**
 * Serves the reference: its index at `path`, the page of a code below it, as HTML, Markdown or JSON by `Accept`.
 *
 * @param reference asked for at the first request, when all routes are known
 */
export function serveReference (
  app: FastifyInstance, { path }: ReferenceOptions, { reference, errors }: { readonly reference: () => Reference, readonly errors: typeof standardErrors }
): void {
  const index = app.prefix + path
  let known: Reference | undefined // no route is added once requests come
  const kept = new Map<string, Page>()

  function send (request: FastifyRequest, reply: FastifyReply, page: ReferenceCode | undefined): FastifyReply {
    const contentType = new Negotiator(request.raw).mediaType(Object.keys(forms)) ?? 'text/html'
    const origin = getOrigin(request)
    const key = `${contentType} ${origin} ${page?.code}`
    let written = kept.get(key)
    if (written === undefined) {
      if (kept.size >= maxKept) kept.clear()
      const site: Site = { origin, index, page: code => `${index}/${code}`, asset: name => `${index}/${name}`, alternates: () => [] }
      kept.set(key, written = createPage(`${contentType}; charset=utf-8`, (forms[contentType] as Render)(known ??= reference(), page, site)))
    }
    reply.header('vary', 'accept').header('content-security-policy', policy).header('referrer-policy', 'no-referrer')
    return sendPage(request, reply, written)
  }

  app.get(path, routeOptions, (request, reply) => send(request, reply, undefined))
  app.get<{ Params: { code: string } }>(`${path}/:code`, routeOptions, (request, reply) => {
    const page = (known ??= reference()).codes.find(({ code }) => code === request.params.code)
    if (page === undefined) throw errors.resource_not_found({ message: 'No error has this code.' })
    return send(request, reply, page)
  })
  for (const { name, contentType, content } of assets) {
    const page = createPage(contentType, content)
    app.get(`${path}/${name}`, routeOptions, (request, reply) => sendPage(request, reply, page))
  }
}

interface Page {
  readonly contentType: string
  readonly content: string
  readonly etag: string
}

function createPage (contentType: string, content: string): Page {
  // Weak, for a plugin may compress the answer (RFC 9110, section 8.8.1).
  return { contentType, content, etag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"` }
}

/** RFC 9110, section 13.1.2: a page that the caller has already is not sent again. */
function sendPage (request: FastifyRequest, reply: FastifyReply, { contentType, content, etag }: Page): FastifyReply {
  reply.header('cache-control', 'no-cache').header('etag', etag).header('x-content-type-options', 'nosniff')
  const known = request.headers['if-none-match']?.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  if (known?.some(tag => tag === '*' || `W/${tag}` === etag) === true) return reply.code(304).send()
  return reply.header('content-type', contentType).send(content)
}

/** Scheme and host as the caller sees them; what is no host is not repeated. */
function getOrigin ({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${/^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host) ? host : 'localhost'}`
}
