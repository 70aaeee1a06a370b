/** `ErrorsOf`: the errors of one operation, from the types that openapi-typescript generates. */
import type { ResponseError } from './response-error.js'

/** The code and `meta` of a body, in the formats that have a code: `code`, `typed`, `problem` and `error`. */
type ErrorOfBody<Body, Status extends number> = Body extends { readonly code: infer Code extends string }
  ? ResponseError<Code, Status, MetaOf<Body>>
  : Body extends { readonly error: infer Code extends string } ? ResponseError<Code, Status, MetaOf<Body>>
    : ResponseError<undefined, Status>

type MetaOf<Body> = Body extends { readonly meta?: infer Meta } ? Meta : unknown

type ErrorOfResponse<Response, Status extends number> = Response extends { readonly content: infer Content }
  ? ErrorOfBody<Content[keyof Content], Status>
  : ResponseError<undefined, Status>

type ErrorStatusOf<Responses> = {
  [Status in keyof Responses & number]: `${Status}` extends `4${string}` | `5${string}` ? Status
    : never
}[keyof Responses & number]

/**
 * The errors that one operation can return, according to the OpenAPI document. With this type, the compiler checks that
 * a `switch` over `error.code` handles each of them. A proxy can send an error without a code, so the code can also be
 * `undefined`.
 *
 * @example
 * import type { paths } from './api.js' // written by openapi-typescript
 * const error = await parseError(response) as ErrorsOf<paths, '/orders', 'post'>
 * switch (error.code) {
 *   case 'out_of_stock': return show(error.meta?.available)
 * }
 */
export type ErrorsOf<Paths, Path extends keyof Paths, Method extends keyof Paths[Path]> = Paths[Path][Method] extends
{ readonly responses: infer Responses }
  ?
    | { [Status in ErrorStatusOf<Responses>]: ErrorOfResponse<Responses[Status], Status> }[ErrorStatusOf<Responses>]
    | ResponseError<undefined>
  : never
