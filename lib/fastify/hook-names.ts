/** The names of Fastify's lifecycle hooks up to the response. All other lists of hook names come from this file. */

/** The hooks that run before the handler, in this order. */
export const hooksBeforeHandler = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

/** The hooks whose errors become the response, in the order in which they run. */
export const hookNames: readonly [...typeof hooksBeforeHandler, 'preSerialization', 'onSend'] = [
  ...hooksBeforeHandler,
  'preSerialization',
  'onSend'
]

/** The name of a hook whose errors become the response. */
export type HookName = (typeof hookNames)[number]

/** Returns whether a name is one of {@link hookNames}. */
export function isHookName (name: unknown): name is HookName {
  return (hookNames as readonly unknown[]).includes(name)
}
