/** A program that handles every error of a client from @hey-api/openapi-ts. clients.ts compiles it. */
import {
  joinQueue as postEntry,
  type AnnounceDrawError,
  type ChangePriceError,
  type CloseQueueError,
  type CreateOrganizationError,
  type CreateProductError,
  type CreateUserError,
  type JoinQueueError,
  type ListProductsError,
  type NotifyOfPaymentError,
  type OpenQueueError,
  type OrderError,
  type ReadMeError,
  type ReadOrganizationError,
  type ReadUserError,
  type RegisterForDrawError,
  type SignInError
} from './client'

type ApiError =
  | AnnounceDrawError
  | ChangePriceError
  | CloseQueueError
  | CreateOrganizationError
  | CreateProductError
  | CreateUserError
  | JoinQueueError
  | ListProductsError
  | NotifyOfPaymentError
  | OpenQueueError
  | OrderError
  | ReadMeError
  | ReadOrganizationError
  | ReadUserError
  | RegisterForDrawError
  | SignInError

/** Returns what to do about any error of the API. It only compiles if it handles every code of the document. */
export function adviceFor (error: ApiError): string {
  switch (error.code) {
    case 'unauthorized':
    case 'invalid_token':
    case 'token_expired':
    case 'invalid_credentials':
    case 'device_mismatch':
      return 'sign in'
    case 'missing_api_key':
    case 'invalid_api_key':
    case 'api_key_revoked':
    case 'api_key_expired':
    case 'insufficient_scope':
    case 'ip_not_allowed':
    case 'forbidden':
      return 'use another key'
    case 'validation_error':
    case 'missing_required_field':
    case 'invalid_parameter':
    case 'resource_already_exists':
      return 'show the fields'
    case 'already_in_queue':
    case 'already_registered':
    case 'resource_conflict':
    case 'resource_not_found':
    case 'concurrent_modification':
    case 'payment_required':
      return 'show the state'
    case 'rate_limit_exceeded':
    case 'service_unavailable':
    case 'gateway_timeout':
    case 'bad_gateway':
      return 'try again later'
    case 'internal_error':
    case 'invalid_request':
    case 'idempotency_key_reused':
    case 'payload_too_large':
    case 'unsupported_media_type':
    case 'uri_too_long':
      return 'report a bug'
    default:
      return unreachable(error)
  }
}

export async function joinQueue (id: string, email: string): Promise<string> {
  const { data, error } = await postEntry({ path: { id }, body: { email } })
  return data === undefined ? adviceFor(error) : data.id
}

function unreachable (error: never): never {
  throw new Error(JSON.stringify(error))
}
