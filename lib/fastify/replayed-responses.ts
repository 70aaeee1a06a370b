/**
 * Marks replies that send the stored response to an earlier request. Such a response is sent unchanged, and is not
 * counted again.
 */
import type { FastifyReply } from 'fastify'

const replayed: unique symbol = Symbol('fastify-api-errors.replayed')

type ReplayedReply = FastifyReply & { [replayed]?: true }

/** Marks a reply. */
export function markReplayed (reply: ReplayedReply): void {
  reply[replayed] = true
}

/** Returns whether a reply is marked. */
export function isReplayed (reply: ReplayedReply): boolean {
  return reply[replayed] === true
}
