/** The lifecycle hooks of Fastify that run on the way to a response. Every table of hook names is one of these. */

/** The hooks that run before the handler, in this order. */
export const hooksBeforeHandler = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

/** The hooks whose error is the response to the request, in the order in which they run. */
export const hookNames: readonly [...typeof hooksBeforeHandler, 'preSerialization', 'onSend'] = [...hooksBeforeHandler, 'preSerialization', 'onSend']

/** The name of a hook whose error is the response to the request. */
export type HookName = (typeof hookNames)[number]

/** Returns whether a name is one of {@link hookNames}. */
export function isHookName (name: unknown): name is HookName {
  return (hookNames as readonly unknown[]).includes(name)
}
