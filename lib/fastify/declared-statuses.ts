/** Checks whether a route has a response schema for a status: for the number, for its class, or for all statuses, in Fastify's order. */
export function declaresStatus (responses: unknown, status: number): boolean {
  const declared = Object.keys(responses ?? {}).map(key => key.toLowerCase())
  return [String(status), `${String(status).charAt(0)}xx`, 'default'].some(key => declared.includes(key))
}
