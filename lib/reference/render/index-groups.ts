/** The content of a reference's index, in every form: an introduction, and the codes by status. */
import type { Reference, ReferenceCode } from '../create-reference.js'

/** The codes of one status. */
export interface StatusGroup {
  readonly status: number
  readonly phrase: string
  readonly codes: readonly ReferenceCode[]
}

/** The sentences and headings of the index and of the pages that it links to. */
export const introduction = {
  lead:
    'Every error response has a code. Codes do not change, so check the code in your program and show the message to people.',
  llms: 'Each link leads to a page in Markdown: when the error happens, what to do, whether to retry, and an example.',
  reserved: 'No route currently returns these codes. A later version of the API may return them.',
  fields: 'Fields of every error',
  changelog: 'Changes',
  changes: 'Changes to the codes, to the bodies, and to the routes that return them. The latest changes come first.',
  live: 'Live errors',
  support: 'Contact support'
} as const

/** Returns whether the application can currently return a code. */
export function isInUse ({ routes, elsewhere }: ReferenceCode): boolean {
  return routes.length > 0 || elsewhere !== undefined
}

/** Groups the codes that are in use by status, and lists the other codes separately. */
export function groupCodes (
  { codes }: Reference
): { readonly used: readonly StatusGroup[], readonly reserved: readonly ReferenceCode[] } {
  const used = new Map<number, StatusGroup>()
  for (const page of codes.filter(isInUse)) {
    const { status, phrase } = page
    used.set(status, { status, phrase, codes: [...used.get(status)?.codes ?? [], page] })
  }
  return { used: [...used.values()], reserved: codes.filter(page => !isInUse(page)) }
}
