/** A simulated payment service that can fail. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The test cards of the payment service. Each card causes a different upstream failure. */
export const cards = ['valid', 'declined', 'busy', 'slow', 'broken', 'garbled', 'surprising'] as const

/** One of {@link cards}. */
export type Card = (typeof cards)[number]

/** Starts a local payment service that can fail. It simulates the service that a real API calls. */
export async function startPayments (): Promise<{ readonly url: string, readonly close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const card = new URL(request.url ?? '/', 'http://payments.invalid').searchParams.get('card') as Card
    const respond = (status: number, body: string, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    }
    request.resume()
    switch (card) {
      case 'valid':
        return respond(201, '{"payment":{"id":"pay_1"}}')
      case 'declined':
        return respond(402, '{"reason":"insufficient funds"}')
      case 'busy':
        return respond(503, '{}', { 'retry-after': '7' })
      case 'slow':
        return // no response
      case 'broken':
        request.socket.destroy()
        return
      case 'garbled':
        return respond(201, '<html>')
      case 'surprising':
        return respond(201, '{}')
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
