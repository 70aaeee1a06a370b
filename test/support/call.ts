/** An answer without what differs from run to run: the date, the connection, and the id of the request, which reads REQUEST_ID. */
export interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** Sends a request and gives the whole answer. */
export async function call (url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const { date, connection, 'keep-alive': keepAlive, 'content-length': length, ...headers } = Object.fromEntries(response.headers)
  const text = await response.text()
  const body = headers['content-type']?.includes('json') ? JSON.parse(text) : text
  const id = headers['x-request-id']
  if (id === undefined || typeof body !== 'object' || body === null) return { status: response.status, headers, body }
  headers['x-request-id'] = 'REQUEST_ID'
  for (const name of ['request_id', 'requestId']) if (body[name] === id) body[name] = 'REQUEST_ID'
  return { status: response.status, headers, body }
}
