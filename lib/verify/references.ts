/** What all registrations of the plugin in an application say of its errors, for the lockfile and for `assertLedger`. */

const listings = new WeakMap<object, () => readonly unknown[]>()

/** Sets the function that lists the references of a registration and of those below it, by the decorator of the registration. */
export function setReferences (apiErrors: object, list: () => readonly unknown[]): void {
  listings.set(apiErrors, list)
}

/** Returns the reference of an application, and behind it those of the registrations in its scopes, in the order of their prefixes. */
export function listReferences<Reference> ({ apiErrors }: { readonly apiErrors: { readonly reference: () => Reference } }): readonly Reference[] {
  return (listings.get(apiErrors) as (() => readonly Reference[]) | undefined)?.() ?? [apiErrors.reference()]
}
