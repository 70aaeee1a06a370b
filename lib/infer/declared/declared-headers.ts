/** The headers that hooks and scopes declare for requests and successful responses of routes. */
import type { ErrorHeader } from '../../catalog/error-headers.js'
import type { DeclaringTarget } from './declare-errors.js'

/** The description of a header in a document. */
export type DocumentedHeader = Pick<ErrorHeader, 'name' | 'description' | 'schema' | 'example'>

/** A header that a request can have. */
export interface RequestHeader extends DocumentedHeader {
  readonly required: boolean
}

/** The headers of a declaration. */
export interface DeclaredHeaders {
  readonly request: readonly RequestHeader[]
  /** Headers that successful responses can have. */
  readonly response: readonly DocumentedHeader[]
}

/** The headers of one declaration, and the methods whose routes have them. */
interface HeaderDeclaration extends DeclaredHeaders {
  readonly hasMethod: (method: string) => boolean
}

const declarations = new WeakMap<object, HeaderDeclaration[]>()

/** Declares headers for the routes of a hook or a scope that have certain methods. */
export function declareHeaders (target: object, declaration: HeaderDeclaration): void {
  declarations.set(target, [...declarations.get(target) ?? [], declaration])
}

/** Returns the headers that the scopes and hooks of a route declare for one of its methods. */
export function findDeclaredHeaders (targets: readonly DeclaringTarget[], method: string): DeclaredHeaders {
  const found = targets.flatMap(({ target }) => declarations.get(target) ?? []).filter(({ hasMethod }) =>
    hasMethod(method)
  )
  return { request: found.flatMap(({ request }) => request), response: found.flatMap(({ response }) => response) }
}
