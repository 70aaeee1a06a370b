/** Recognizes official plugins of Fastify when an application registers them. */

/**
 * Returns the function of an official plugin, which can be passed as the function or its module; `undefined` for any
 * other plugin. `fp()` can change the name of a plugin, but the function refers to itself.
 *
 * @param property the property that refers to the function, such as `fastifySwagger`
 */
export function findPluginFunction (plugin: unknown, property: string): unknown {
  return [plugin, (plugin as { readonly default?: unknown } | null | undefined)?.default]
    .find(candidate =>
      typeof candidate === 'function' &&
      (candidate as unknown as Readonly<Record<string, unknown>>)[property] === candidate
    )
}
