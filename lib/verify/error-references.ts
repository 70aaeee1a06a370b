/** Lists the references of all registrations of the plugin. The lockfile and `assertLedger` need all of them. */

const listings = new WeakMap<object, () => readonly unknown[]>()

/**
 * Sets the function that lists the references of a registration and of the registrations below it, by the decorator of
 * the registration.
 */
export function setReferences (apiErrors: object, list: () => readonly unknown[]): void {
  listings.set(apiErrors, list)
}

/**
 * Returns the reference of an application, followed by the references of the registrations in its scopes, in the order
 * of their prefixes.
 */
export function listReferences<Reference> (
  { apiErrors }: { readonly apiErrors: { readonly reference: () => Reference } }
): readonly Reference[] {
  return (listings.get(apiErrors) as (() => readonly Reference[]) | undefined)?.() ?? [apiErrors.reference()]
}
