/** Chooses the language of a response from the `Accept-Language` header of the request. */
import Negotiator from 'negotiator'
import type { ResolvedLanguage, ResolvedLanguages } from './resolve-languages.js'

/** The maximum number of header values whose language is cached. */
export const maxChosen = 1000

/** The maximum number of characters of a header value whose language is cached. */
const maxLength = 200

/** The number of characters of a header value that are read. Browsers send fewer than 200. */
export const maxRead = 1000

/** Returns the language that a request prefers, by the lookup of RFC 4647, section 3.4. */
export function chooseLanguage (languages: ResolvedLanguages, header: string | undefined): ResolvedLanguage {
  if (header === undefined || languages.byTag.size === 1) return languages.default
  const known = languages.chosen.get(header)
  if (known !== undefined) return known
  const language = lookUp(languages, header.slice(0, maxRead))
  if (header.length <= maxLength) {
    if (languages.chosen.size === maxChosen) languages.chosen.clear()
    languages.chosen.set(header, language)
  }
  return language
}

function lookUp ({ byTag, default: otherwise }: ResolvedLanguages, header: string): ResolvedLanguage {
  for (const range of new Negotiator({ headers: { 'accept-language': header } }).languages()) {
    for (let tag = range.toLowerCase(); tag !== ''; tag = shorten(tag)) {
      const language = byTag.get(tag)
      if (language !== undefined) return language
    }
  }
  return otherwise
}

/** Removes the last subtag, and the single letter or digit before it, which begins an extension. */
function shorten (tag: string): string {
  const shorter = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))
  return shorter.at(-2) === '-' ? shorter.slice(0, -2) : shorter
}
