/** Finds the classes of packages that the translators of an application use with `instanceof`. */
import { createRequire } from 'node:module'
import type { Node } from 'typescript'
import type { Translator } from '../../translate/translator.js'
import { nextId, type ExternalValue } from '../values.js'
import { createActivation } from './state/activations.js'
import type { Machine } from './state/machine.js'

/** Returns the live classes that follow `instanceof` in translators, by name. */
export function findNamedClasses (machine: Machine, translators: readonly Translator[]): ReadonlyMap<string, object> {
  const { ts } = machine.project
  const found = new Map<string, object>()
  for (const { translate } of translators) {
    const fn = machine.findSource(machine.live(translate))
    if (fn?.kind !== 'function') continue
    const before = machine.current
    machine.current = createActivation(ts, undefined, { id: nextId(), vars: new Map(), parent: fn.env }, [], undefined)
    const visit = (node: Node): void => {
      if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) {
        for (const value of machine.evaluate(node.right)) {
          const cls = value.kind === 'live'
            ? value.value
            : value.kind === 'external'
              ? findLoaded(value, node.getSourceFile().fileName)
              : undefined
          if (typeof cls === 'function') found.set(cls.name, cls)
        }
      }
      ts.forEachChild(node, visit)
    }
    visit(fn.node)
    machine.current = before
  }
  return found
}

/**
 * Finds an export of a package in a CommonJS file, whose functions close over the whole package instead of the export.
 */
function findLoaded ({ from, path }: ExternalValue, file: string): unknown {
  const require = createRequire(file)
  try {
    return (require.cache[require.resolve(from)]?.exports as Record<string, unknown> | undefined)?.[path]
  } catch {
    return undefined // The package has no CommonJS version.
  }
}
