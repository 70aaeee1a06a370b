/** Serves the error reference: an index, a page for each code, and the changes, as HTML, Markdown or JSON. */
import { createHash, randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import Negotiator from 'negotiator'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { encodeUriComponent } from '../support/encode-uri.js'
import { readAssets } from './render/assets.js'
import { changelogHtml, indexHtml, pageHtml } from './render/html.js'
import { changelogJson, indexJson, pageJson } from './render/json.js'
import { changelogMarkdown, indexMarkdown, llmsText, pageMarkdown } from './render/markdown.js'
import { serveLive, type LiveSource } from './serve-live.js'
import type { Reference, ReferenceCode } from './create-reference.js'
import { isLive, type ResolvedReference } from './reference-options.js'
import type { Site } from './render/site.js'

/** A page of the reference: of a code, the index, or the changes. */
type PageName = ReferenceCode | 'index' | 'changelog'

/** Returns the text of a page. */
type Render = (reference: Reference, page: PageName, site: Site) => string

/**
 * The forms of a page by media type. HTML is first, so it is the default, because people read these pages (RFC 9457,
 * section 3.1.1).
 */
const forms: Readonly<Record<string, Render>> = {
  'text/html': (reference, page, site) =>
    page === 'index'
      ? indexHtml(reference, site)
      : page === 'changelog'
        ? changelogHtml(reference, site)
        : pageHtml(reference, page, site),
  'text/markdown': (reference, page, site) =>
    page === 'index'
      ? indexMarkdown(reference, site)
      : page === 'changelog'
        ? changelogMarkdown(reference, site)
        : pageMarkdown(reference, page, site),
  'application/json': (reference, page, site) =>
    page === 'index'
      ? indexJson(reference, site)
      : page === 'changelog'
        ? changelogJson(reference.changelog)
        : pageJson(page, site)
}

/** {@link forms}, and `llms.txt`, which `Accept` cannot select. */
const renderers: typeof forms = { ...forms, 'text/plain': (reference, _page, site) => llmsText(reference, site) }

/** Allows a page to load only its own files and its logo, so that a script in a description cannot run. */
function createContentSecurityPolicy (logo = '/'): string {
  const images = logo.startsWith('/') ? '' : logo.startsWith('data:') ? ' data:' : ` ${new URL(logo).origin}`
  return `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'${images}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}

/** The pages are not documented and not limited, because they describe the API and are not part of it. */
const routeOptions = {
  config: { errors: false, rateLimitPolicy: false },
  schema: { hide: true } as FastifySchema
} as const

/** The text of a page, and what identifies it. */
interface Page {
  readonly contentType: string
  /**
   * The text, split at each occurrence of the API's origin. The client chooses the `Host`, so pages are not cached per
   * host.
   */
  readonly parts: readonly string[]
  readonly hash: string
}

/** What the pages are created from, in addition to their options. */
export interface ReferenceSource {
  /** Called at the first request, when all routes are registered. */
  readonly reference: () => Reference
  readonly errors: AnyCatalog & Pick<typeof standardErrors, 'resource_not_found'>
  /** The data of the page for developers. */
  readonly live: LiveSource
}

/**
 * Serves the reference: the index at `path`, and each code's page below it. `Accept` selects the form. A page whose
 * path ends with `.md` is Markdown, for programs that cannot set `Accept`, and `llms.txt` lists these pages.
 *
 * @throws TypeError if a code has the name of a page that the options add
 */
export function serveReference (
  app: FastifyInstance,
  options: ResolvedReference,
  { reference, errors, live }: ReferenceSource
): void {
  const { path, logo, changelog } = options
  const site = createSite(app.prefix + path, options)
  const getPage = createPages(site, options.origin === undefined)
  const headers = { 'content-security-policy': createContentSecurityPolicy(logo), 'referrer-policy': 'no-referrer' }
  const reject = (): never => {
    throw errors.resource_not_found({ message: 'No error has this code.' })
  }
  let known: Reference | undefined
  const getReference = (): Reference => {
    known ??= reference()
    return known
  }

  function send (request: FastifyRequest, reply: FastifyReply, page: PageName, form?: string): FastifyReply {
    const mediaType = form ?? new Negotiator(request.raw).mediaType(Object.keys(forms)) ?? 'text/html'
    reply.header('vary', 'accept').headers(headers)
    return sendPage(request, reply, getPage(getReference(), page, mediaType))
  }

  app.get(path, routeOptions, (request, reply) => send(request, reply, 'index'))
  app.get<{ Params: { code: string } }>(`${path}/:code`, routeOptions, (request, reply) => {
    const { codes } = getReference()
    const { code: name } = request.params
    const page = codes.find(({ code }) => code === name)
    if (page !== undefined) return send(request, reply, page)
    const markdownPage = name === 'index.md' ? 'index' : codes.find(({ code }) => `${code}.md` === name)
    return markdownPage === undefined ? reject() : send(request, reply, markdownPage, 'text/markdown')
  })
  if (changelog !== undefined) {
    reservePage(errors, 'changelog')
    app.get(`${path}/changelog`, routeOptions, (request, reply) => send(request, reply, 'changelog'))
    app.get(
      `${path}/changelog.md`,
      routeOptions,
      (request, reply) => send(request, reply, 'changelog', 'text/markdown')
    )
  }
  if (isLive(options)) {
    reservePage(errors, 'live')
    serveLive(app, options, {
      ...live,
      getReference,
      site,
      headers: { ...headers, 'x-content-type-options': 'nosniff' },
      reject
    })
  }
  app.get(
    `${path}/llms.txt`,
    routeOptions,
    (request, reply) => sendPage(request, reply, getPage(getReference(), 'index', 'text/plain'))
  )
  serveAssets(app, options)
}

/** Serves the icon, the styles and the scripts of the pages. */
function serveAssets (app: FastifyInstance, { path, colors }: ResolvedReference): void {
  for (const { name, contentType, content } of readAssets({ ...(colors !== undefined && { colors }) })) {
    const page = createPage(contentType, [content])
    app.get(`${path}/${name}`, routeOptions, (request, reply) => sendPage(request, reply, page))
  }
}

/** Throws if a code has the name of a page. */
function reservePage (errors: AnyCatalog, name: 'changelog' | 'live'): void {
  if (Object.hasOwn(errors, name)) {
    throw new TypeError(
      `fastify-api-errors: reference.${name}: expected a catalog without the code '${name}', because its page would have the same path.`
    )
  }
}

/**
 * Returns the URLs of the pages. Without the option `origin`, the origin is a placeholder that no definition contains.
 */
function createSite (index: string, { origin = `http://${randomUUID()}.invalid`, live }: ResolvedReference): Site {
  return {
    origin,
    index,
    fields: `${index}#fields`,
    changelog: { page: `${index}/changelog`, markdown: `${index}/changelog.md`, alternates: [] },
    // Only developers can read the page, so pages that everyone can read do not link to it.
    ...(live === true && isLive({ live }) && { live: `${index}/live` }),
    page: code => `${index}/${encodeUriComponent(code)}`,
    markdown: (code = 'index') => `${index}/${encodeUriComponent(code)}.md`,
    asset: name => `${index}/${name}`,
    resolve: url => url,
    alternates: () => []
  }
}

/** Returns a function that renders each page once, in each form. */
function createPages (
  site: Site,
  dependsOnHost: boolean
): (reference: Reference, page: PageName, mediaType: string) => Page {
  const pages = new Map<string, Page>()
  return (reference, name, mediaType) => {
    const key = `${mediaType} ${typeof name === 'string' ? name : `code ${name.code}`}`
    const known = pages.get(key)
    if (known !== undefined) return known
    const text = (renderers[mediaType] as Render)(reference, name, site)
    const page = createPage(`${mediaType}; charset=utf-8`, dependsOnHost ? text.split(site.origin) : [text])
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

/**
 * Returns the scheme and host of the request. An invalid host is replaced, because the origin appears in the commands
 * on the pages.
 */
function getOrigin ({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${/^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host) ? host : 'localhost'}`
}
