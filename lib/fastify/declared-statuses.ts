/** Whether the `response` schemas of a route have one for a status: by its number, by its class, or for all (Fastify's own order). */
export function declaresStatus (responses: unknown, status: number): boolean {
  const declared = Object.keys(responses ?? {}).map(key => key.toLowerCase())
  return [String(status), `${String(status).charAt(0)}xx`, 'default'].some(key => declared.includes(key))
}
