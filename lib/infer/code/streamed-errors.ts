/** Finds how a handler writes errors into a stream that has started: calls of `app.apiErrors.toBody()`. */
import type { AnyNode } from 'acorn'
import { findInTree, getCalleeName, getPropertyName, getSource, listChildren, parseFunction } from './parse-function.js'

/** How a handler writes errors into a stream. */
export interface StreamedErrors {
  /** The media type of the stream, without parameters. */
  readonly contentType: string
  /** The type of the server-sent event; `undefined` if the stream has no such events, or if the event has no type. */
  readonly event: string | undefined
  /** The names of the properties around the body, the outermost first: `error` for `{ error: body }`. */
  readonly path: readonly string[]
  /** Whether the objects around the body have other properties. */
  readonly hasOthers: boolean
}

/** The media types of streams whose parts are events or lines of JSON. */
const streamTypes = /^(text\/event-stream|application\/(x-)?(ndjson|jsonl(ines)?))(?=;|$)/

/** Returns how a handler writes errors into a stream; `undefined` if the code does not show it. */
export function findStreamedErrors (handler: object): StreamedErrors | undefined {
  if (!/\btoBody\b/.test(getSource(handler))) return undefined
  const node = parseFunction(handler)
  const contentType = node && findInTree(node, readStreamType)
  return contentType === undefined
    ? undefined
    : findBody(node as AnyNode, { contentType, event: undefined, path: [], hasOthers: false })
}

function readStreamType (node: AnyNode): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? streamTypes.exec(node.value)?.[0] : undefined
}

/** Returns whether code contains a call of `toBody`. */
export function callsToBody (node: AnyNode): boolean {
  return findInTree(node, each => isToBodyCall(each) || undefined) === true
}

function isToBodyCall (node: AnyNode): boolean {
  return node.type === 'CallExpression' && getCalleeName(node) === 'toBody'
}

/** Returns the first call of `toBody`, with what is around it. */
function findBody (node: AnyNode, place: StreamedErrors): StreamedErrors | undefined {
  if (isToBodyCall(node)) return place
  const inner = extendPlace(node, place)
  let found: StreamedErrors | undefined
  for (const child of listChildren(node)) found ??= findBody(child, inner)
  return found
}

/** The arguments of a call start a new body: `{ data: JSON.stringify(body) }`. A template has the lines of an event. */
function extendPlace (node: AnyNode, place: StreamedErrors): StreamedErrors {
  switch (node.type) {
    case 'CallExpression':
      return { ...place, path: [], hasOthers: false }
    case 'Property':
      return { ...place, path: [...place.path, getPropertyName(node)] }
    case 'ObjectExpression':
      return { ...place, hasOthers: place.hasOthers || node.properties.length > 1 }
    case 'TemplateLiteral':
      return { ...place, event: /^event: ?(.+)$/m.exec(node.quasis.map(({ value }) => value.cooked).join(''))?.[1] }
    default:
      return place
  }
}
