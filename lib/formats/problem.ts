/** The format of RFC 9457, problem details. */
import { carriesIssues, reasonPhrase } from '../catalog/response-content.js'
import { issueSchema } from '../catalog/issues.js'
import { encodeUriComponent, encodeUriPath } from '../support/encode-uri.js'
import { code, message, meta, requestId, status } from './fields.js'
import { defineFormat, type Format } from './format.js'
import { Type } from '../support/type-builder.js'

/**
 * Problem details (RFC 9457), with the code, the request id, the fields as `errors` and the data as `meta`. `type` is
 * the URL of the code's error page. Without such a page, it is `about:blank`, and the title is the reason phrase
 * (section 4.2.1). `instance` is different for each occurrence (section 3.1.5), because it contains the id of the
 * request.
 *
 * `violated_policies` is the `violated-policies` of draft-ietf-httpapi-ratelimit-headers-11, section "Problem Types",
 * with only the characters that RFC 9457, section 3.2, allows in member names. The type `quota-exceeded` of that draft
 * is not used, because it is not registered before the draft is an RFC. It also requires the other spelling of the
 * member, and would replace the code's page.
 */
export const problemFormat: Format = defineFormat({
  name: 'problem',
  contentType: 'application/problem+json',
  fields: {
    type: {
      schema: () =>
        Type.String({ format: 'uri-reference', description: 'The documentation page of this code, or about:blank.' }),
      value: content => content.docUrl ?? 'about:blank'
    },
    title: {
      schema: () => Type.String({ description: 'A short summary of the problem, the same for every occurrence.' }),
      value: content =>
        content.docUrl === undefined ? content.language?.reasonPhrase ?? reasonPhrase(content.status) : content.title
    },
    status,
    detail: message,
    instance: {
      schema: () =>
        Type.String({
          format: 'uri-reference',
          description: 'Identifies this occurrence: the path of the request, with the request id as the fragment.'
        }),
      value: content => `${formatInstance(content.instance)}#${encodeUriComponent(content.requestId)}`
    },
    code,
    violated_policies: {
      schema: definition =>
        definition.status === 429
          ? Type.Array(Type.String(), { description: 'The names of the limits that were exceeded.' })
          : undefined,
      value: content => {
        const { policy, policies } = (content.meta ?? {}) as { readonly policy?: unknown, readonly policies?: unknown }
        const names = [policies ?? policy].flat().filter(name => typeof name === 'string')
        return names.length === 0 ? undefined : names
      },
      optional: true
    },
    request_id: requestId,
    errors: {
      schema: (definition, context) => {
        if (!carriesIssues(definition) || context.issueCodes?.length === 0) return undefined
        const { in: location, field, code, message } = issueSchema(context.issueCodes).properties
        return Type.Array(
          Type.Object({
            detail: message,
            pointer: Type.String({
              description: 'The field as a JSON Pointer in a URI fragment (RFC 6901, section 6).'
            }),
            in: location,
            field,
            code
          }, { additionalProperties: false }),
          { description: 'The invalid fields.' }
        )
      },
      value: content =>
        content.issues.length === 0
          ? undefined
          : content.issues.map(issue => ({
            detail: issue.message,
            pointer: formatFragment(issue.pointer),
            in: issue.in,
            field: issue.field,
            code: issue.code
          })),
      optional: true
    },
    meta
  }
})

/**
 * Returns a JSON Pointer as a URI fragment. `encodeURI` is for whole URIs, so it does not encode a `#` in the name of a
 * field.
 */
function formatFragment (pointer: string): string {
  return `#${encodeURI(pointer.toWellFormed()).replaceAll('#', '%23')}`
}

/**
 * Returns the path of a request as a URI reference. Node accepts more than a URI allows: raw UTF-8, quotes and a lone
 * percent sign. It also accepts two slashes at the beginning, which would name a host, and the absolute form of a
 * request to a proxy.
 */
function formatInstance (path: string): string {
  const local = path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')
  const encoded = encodeUriPath(local)
  if (encoded.startsWith('//')) return `/.${encoded}`
  return encoded.startsWith('/') ? encoded : `/${encoded}`
}
