/** Serves the error reference: an index, and a page for each code, as HTML, Markdown or JSON. */
import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import Negotiator from 'negotiator'
import type { standardErrors } from '../catalog/standard-errors.js'
import { encodeUriComponent } from '../support/encode-uri.js'
import { readAssets } from './render/assets.js'
import { indexHtml, pageHtml } from './render/html.js'
import { indexJson, pageJson } from './render/json.js'
import { indexMarkdown, llmsText, pageMarkdown } from './render/markdown.js'
import type { Reference, ReferenceCode } from './create-reference.js'
import type { Site } from './render/site.js'

/** The `reference` option. */
export interface ReferenceOptions {
  /** The path of the index. Each code's page is below it: `/errors/resource_not_found`. */
  readonly path: string
  /** The heading of the index. @default 'Errors' */
  readonly title?: string
}

/** Returns the text of a page, or of the index if `page` is undefined. */
type Render = (reference: Reference, page: ReferenceCode | undefined, site: Site) => string

/** The forms of a page by media type. HTML is first, so it is the default, because people read these pages (RFC 9457, section 3.1.1). */
const forms: Readonly<Record<string, Render>> = {
  'text/html': (reference, page, site) => page === undefined ? indexHtml(reference, site) : pageHtml(reference, page, site),
  'text/markdown': (reference, page, site) => page === undefined ? indexMarkdown(reference, site) : pageMarkdown(reference, page, site),
  'application/json': (reference, page, site) => page === undefined ? indexJson(reference, site) : pageJson(page, site)
}

/** {@link forms}, and the index for language models, which `Accept` cannot select. */
const renderers: typeof forms = { ...forms, 'text/plain': (reference, _page, site) => llmsText(reference, site) }

/** Allows a page to load only its own files, so that a script in a description cannot run. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The pages are not documented and not limited, because they describe the API and are not part of it. */
const routeOptions = { config: { errors: false, rateLimitPolicy: false }, schema: { hide: true } as FastifySchema } as const

/** The text of a page, and what identifies it. */
interface Page {
  readonly contentType: string
  /** The text, split at each occurrence of the API's origin. The client chooses the `Host`, so pages are not cached per host. */
  readonly parts: readonly string[]
  readonly hash: string
}

/**
 * Serves the reference: the index at `path`, and each code's page below it. `Accept` selects the form. A page whose path ends with
 * `.md` is Markdown, for programs that cannot set `Accept`, and `llms.txt` lists these pages.
 *
 * @param reference called at the first request, when all routes are registered
 */
export function serveReference (
  app: FastifyInstance, { path }: ReferenceOptions, { reference, errors }: { readonly reference: () => Reference, readonly errors: typeof standardErrors }
): void {
  const getPage = createPages(app.prefix + path)
  let known: Reference | undefined
  const getReference = (): Reference => {
    known ??= reference()
    return known
  }

  function send (request: FastifyRequest, reply: FastifyReply, code: ReferenceCode | undefined, form?: string): FastifyReply {
    const mediaType = form ?? new Negotiator(request.raw).mediaType(Object.keys(forms)) ?? 'text/html'
    reply.header('vary', 'accept').header('content-security-policy', contentSecurityPolicy).header('referrer-policy', 'no-referrer')
    return sendPage(request, reply, getPage(getReference(), code, mediaType))
  }

  app.get(path, routeOptions, (request, reply) => send(request, reply, undefined))
  app.get<{ Params: { code: string } }>(`${path}/:code`, routeOptions, (request, reply) => {
    const { codes } = getReference()
    const { code: name } = request.params
    const page = codes.find(({ code }) => code === name)
    if (page !== undefined) return send(request, reply, page)
    const markdownPage = codes.find(({ code }) => `${code}.md` === name)
    if (markdownPage === undefined && name !== 'index.md') throw errors.resource_not_found({ message: 'No error has this code.' })
    return send(request, reply, markdownPage, 'text/markdown')
  })
  app.get(`${path}/llms.txt`, routeOptions, (request, reply) => sendPage(request, reply, getPage(getReference(), undefined, 'text/plain')))
  for (const { name, contentType, content } of readAssets()) {
    const page = createPage(contentType, [content])
    app.get(`${path}/${name}`, routeOptions, (request, reply) => sendPage(request, reply, page))
  }
}

/** Returns a function that renders each page once, in each form. */
function createPages (index: string): (reference: Reference, code: ReferenceCode | undefined, mediaType: string) => Page {
  const origin = `http://${randomUUID()}.invalid` // a placeholder for the origin, which no definition contains
  const site: Site = { origin, index, page: code => `${index}/${encodeUriComponent(code)}`, markdown: (code = 'index') => `${index}/${encodeUriComponent(code)}.md`, asset: name => `${index}/${name}`, alternates: () => [] }
  const pages = new Map<string, Page>()
  return (reference, code, mediaType) => {
    const key = `${mediaType} ${code?.code}`
    const known = pages.get(key)
    if (known !== undefined) return known
    const page = createPage(`${mediaType}; charset=utf-8`, (renderers[mediaType] as Render)(reference, code, site).split(origin))
    pages.set(key, page)
    return page
  }
}

function createPage (contentType: string, parts: readonly string[]): Page {
  return { contentType, parts, hash: createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 22) }
}

/** Sends a page, or 304 if the client already has it (RFC 9110, section 13.1.2). */
function sendPage (request: FastifyRequest, reply: FastifyReply, page: Page): FastifyReply {
  const origin = page.parts.length === 1 ? '' : getOrigin(request)
  const etag = createEtag(page.hash, origin)
  reply.header('cache-control', 'no-cache').header('etag', etag).header('x-content-type-options', 'nosniff')
  const known = request.headers['if-none-match']?.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  if (known?.some(tag => tag === '*' || `W/${tag}` === etag) === true) return reply.code(304).send()
  return reply.header('content-type', page.contentType).send(page.parts.join(origin))
}

/** Returns a weak entity tag, because a plugin may compress the response (RFC 9110, section 8.8.1). */
function createEtag (hash: string, origin: string): string {
  if (origin === '') return `W/"${hash}"`
  return `W/"${createHash('sha256').update(`${hash} ${origin}`).digest('base64url').slice(0, 22)}"`
}

/** Returns the scheme and host of the request. An invalid host is replaced, because the origin appears in the commands on the pages. */
function getOrigin ({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${/^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host) ? host : 'localhost'}`
}
