/** The responses of a limited route, with the fields of the draft. */
/** The response of a route below its limits. */
export const passed = (policy: string, state: string) => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', 'ratelimit-policy': policy, ratelimit: state },
  body: { ok: true }
})

/** The response of a route above a limit. */
export const refused = (policy: string, state: string, meta: { policy: string, policies?: readonly string[], limit: number, window: number, retry_after: number }) => ({
  status: 429,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-request-id': 'REQUEST_ID',
    'x-should-retry': 'true',
    'ratelimit-policy': policy,
    ratelimit: state,
    'retry-after': String(meta.retry_after)
  },
  body: { code: 'rate_limit_exceeded', message: 'Too many requests. Wait before you send another one.', request_id: 'REQUEST_ID', meta }
})
