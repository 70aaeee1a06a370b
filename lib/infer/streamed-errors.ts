/** Finds how a handler writes errors into a stream that has started: calls of `app.apiErrors.toBody()`. */
import type { AnyNode, ObjectExpression } from 'acorn'
import { findInTree, getCalleeName, getPropertyName, getSource, listChildren, parseFunction } from './parse-function.js'

/** How a handler writes errors into a stream. */
export interface StreamedErrors {
  /** The media type of the stream, without parameters. */
  readonly contentType: string
  /** The type of the server-sent event; `undefined` if the stream has no such events, or if the event has no type. */
  readonly event: string | undefined
  /** The objects around the body, the outermost first. */
  readonly wrappers: readonly Wrapper[]
}

/** An object around a body: `{ type: 'error', error: body }`. */
export interface Wrapper {
  /** The property that contains the body, or the next object. */
  readonly name: string
  /** The other properties. The value is `undefined` if it is not a literal. */
  readonly others: Readonly<Record<string, unknown>>
}

/** The media types of streams whose parts are events or lines of JSON. */
const streamTypes = /^(text\/event-stream|application\/(x-)?(ndjson|jsonl(ines)?))(?=;|$)/

/** Returns how a handler writes errors into a stream; `undefined` if the code does not show it. */
export function findStreamedErrors (handler: object): StreamedErrors | undefined {
  if (!/\btoBody\b/.test(getSource(handler))) return undefined
  const node = parseFunction(handler)
  const contentType = node && findInTree(node, readStreamType)
  return contentType === undefined ? undefined : findBody(node as AnyNode, { contentType, event: undefined, wrappers: [] })
}

function readStreamType (node: AnyNode): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? streamTypes.exec(node.value)?.[0] : undefined
}

/** Returns whether code contains a call of `toBody`. */
export function createsBody (node: AnyNode): boolean {
  return findInTree(node, each => isBody(each) ? each : undefined) !== undefined
}

function isBody (node: AnyNode): boolean {
  return node.type === 'CallExpression' && getCalleeName(node) === 'toBody'
}

/** Returns the first call of `toBody`, with what is around it. */
function findBody (node: AnyNode, place: StreamedErrors): StreamedErrors | undefined {
  if (isBody(node)) return place
  const inner = describePlace(node, place)
  let found: StreamedErrors | undefined
  for (const child of listChildren(node)) {
    const isProperty = node.type === 'ObjectExpression' && child.type === 'Property'
    found ??= findBody(child, isProperty ? { ...inner, wrappers: [...inner.wrappers, createWrapper(node, getPropertyName(child))] } : inner)
  }
  return found
}

/** The arguments of a call start a new body: `{ data: JSON.stringify(body) }`. A template has the lines of an event. */
function describePlace (node: AnyNode, place: StreamedErrors): StreamedErrors {
  if (node.type === 'CallExpression') return { ...place, wrappers: [] }
  if (node.type !== 'TemplateLiteral') return place
  return { ...place, event: /^event: ?(.+)$/m.exec(node.quasis.map(({ value }) => value.cooked).join(''))?.[1] }
}

function createWrapper ({ properties }: ObjectExpression, name: string): Wrapper {
  const others = properties.flatMap(property => {
    if (property.type !== 'Property') return [['', undefined] as const]
    const other = getPropertyName(property)
    return other === name ? [] : [[other, property.value.type === 'Literal' ? property.value.value : undefined] as const]
  })
  return { name, others: Object.fromEntries(others) }
}
