/** Writes the index and the pages of the reference in JSON. */
import { formatCurl } from '../requests/curl.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import type { Site } from './site.js'

/** Returns the index in JSON: the main properties of each code, and the URL of its page. */
export function indexJson ({ title, formats, limits, codes }: Reference, site: Site): string {
  return stringify({
    title,
    formats,
    limits,
    codes: codes.map(({ code, title, status, type, message, retry }) => ({ code, title, status, type, message, retry, url: site.page(code) }))
  })
}

/** Returns the page of a code in JSON. */
export function pageJson (page: ReferenceCode, site: Site): string {
  return stringify({ ...page, url: site.page(page.code), ...(page.request !== undefined && { curl: formatCurl(page.request, site.origin) }) })
}

function stringify (value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
