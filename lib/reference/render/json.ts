import { formatCurl } from '../requests/curl.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import type { Site } from './site.js'

/** The index as JSON: what tells the codes apart, and where their pages are. */
export function indexJson ({ title, formats, limits, codes }: Reference, site: Site): string {
  return write({
    title,
    formats,
    limits,
    codes: codes.map(({ code, title, status, type, message, retry }) => ({ code, title, status, type, message, retry, url: site.page(code) }))
  })
}

/** The page of a code as JSON. */
export function pageJson (page: ReferenceCode, site: Site): string {
  return write({ ...page, url: site.page(page.code), ...(page.request !== undefined && { curl: formatCurl(page.request, site.origin) }) })
}

function write (value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
