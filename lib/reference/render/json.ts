/** Writes the index and the pages of the reference in JSON. */
import { listSamples } from '../requests/list-samples.js'
import { toPathTemplate } from '../operation-urls.js'
import type { Changelog } from '../read-changelog.js'
import type { Reference, ReferenceCode } from '../create-reference.js'
import type { Site } from './site.js'

/** Returns the index in JSON: the main properties of each code, and the URL of its page. */
export function indexJson (
  { title, branding: { support }, formats, limits, changelog, codes }: Reference,
  site: Site
): string {
  return stringify({
    title,
    ...(support !== undefined && { support }),
    ...(changelog !== undefined && { changelog: site.changelog.page }),
    formats,
    limits: limits.map(limit => ({ ...limit, routes: limit.routes.map(toPathTemplate) })),
    codes: codes.map(({ code, title, status, type, message, retry, deprecated }) => {
      return {
        code,
        title,
        status,
        type,
        message,
        retry,
        ...(deprecated !== undefined && { deprecated }),
        url: site.page(code)
      }
    })
  })
}

/** Returns the page of a code in JSON. */
export function pageJson (page: ReferenceCode, site: Site): string {
  const samples = page.request === undefined ? [] : listSamples(page.request, site.origin)
  return stringify({
    ...page,
    routes: page.routes.map(toPathTemplate),
    url: site.page(page.code),
    ...Object.fromEntries(samples.map(({ key, text }) => [key, text]))
  })
}

/** Returns the changes in JSON. */
export function changelogJson (changelog: Changelog | undefined): string {
  return stringify(changelog)
}

function stringify (value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
