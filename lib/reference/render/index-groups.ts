/** What the index of a reference contains, for each form: an introduction, and the codes by status. */
import type { Reference, ReferenceCode } from '../create-reference.js'

/** The codes of one status. */
export interface StatusGroup {
  readonly status: number
  readonly phrase: string
  readonly codes: readonly ReferenceCode[]
}

/** The texts before the lists of codes. */
export const introduction = {
  lead: 'Every error response has a code. Codes do not change: let your program decide by the code, and show the message to people.',
  llms: 'Each link leads to a page in Markdown: when the error happens, what to do, whether to retry, and an example.',
  reserved: 'No route returns these codes today. A program that handles them is prepared for a later version of the API.'
} as const

/** Returns whether the application can return a code today. */
export function isInUse ({ routes, elsewhere }: ReferenceCode): boolean {
  return routes.length > 0 || elsewhere !== undefined
}

/** Groups the codes in use by status, and lists the others separately. */
export function groupCodes ({ codes }: Reference): { readonly used: readonly StatusGroup[], readonly reserved: readonly ReferenceCode[] } {
  const used = new Map<number, StatusGroup>()
  for (const page of codes.filter(isInUse)) {
    const { status, phrase } = page
    used.set(status, { status, phrase, codes: [...used.get(status)?.codes ?? [], page] })
  }
  return { used: [...used.values()], reserved: codes.filter(page => !isInUse(page)) }
}
