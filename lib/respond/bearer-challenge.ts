/**
 * Writes the `WWW-Authenticate` challenge of the scheme Bearer. The API key guard writes the challenges of other
 * headers and schemes.
 */
import { isScope } from '../support/http-syntax.js'

/**
 * Returns a challenge of the scheme Bearer. It has an `error` only if a credential of the scheme was sent (RFC 6750,
 * section 3.1).
 */
export function formatBearerChallenge (
  { code, meta }: { readonly code: string, readonly meta: unknown },
  hasCredential: boolean,
  realm: string,
  resourceMetadata: string | undefined
): string {
  const scheme = `Bearer realm="${realm}"${resourceMetadata === undefined ? '' : `, resource_metadata="${resourceMetadata}"`}`
  if (code === 'insufficient_scope') {
    const { required } = (meta ?? {}) as { readonly required?: unknown }
    const scope = Array.isArray(required) ? required.filter(isScope).join(' ') : ''
    return `${scheme}, error="insufficient_scope"${scope === '' ? '' : `, scope="${scope}"`}`
  }
  return hasCredential ? `${scheme}, error="invalid_token"` : scheme
}
