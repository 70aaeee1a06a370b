/**
 * Describes the errors that a handler writes into a stream. The response has started, so its status is that of a
 * success.
 */
import type { StatusErrors } from '../infer/group-by-status.js'
import type { ErrorStream } from '../infer/route-errors.js'
import type { JsonObject } from '../support/is-object.js'
import { createBodyExample } from './bodies.js'
import type { ComponentsContext } from './components.js'
import { defaultDescription } from './declared-responses.js'
import { createGroupSchema } from './error-schemas.js'
import type { Occurrences } from './error-responses.js'

/**
 * Adds the errors of a stream to the response that starts it. In OpenAPI 3.2, `itemSchema` describes each event or line
 * (OpenAPI 3.2.0, section 4.14.4). Earlier versions can describe a stream only as a string. A schema that the route
 * declares for the stream is kept.
 */
export function addStreamedErrors (
  context: ComponentsContext,
  openapi: unknown,
  responses: JsonObject,
  stream: ErrorStream,
  { byCode }: Occurrences
): void {
  const status = Object.keys(responses).find(key => key.startsWith('2')) ?? '200'
  const { content = {}, ...response } = (responses[status] ?? { description: defaultDescription }) as {
    content?: Record<string, JsonObject>,
    description: string
  }
  const declared = content[stream.contentType]
  const hasItems = !/^3\.[01]\b/.test(String(openapi))
  if ('$ref' in response || (declared !== undefined && !(hasItems && 'itemSchema' in declared))) return
  const definitions = stream.groups.flatMap(group => group.definitions)
  const codes = definitions.map(({ code }) => `\`${code}\``).join(', ')
  const description = `If an error occurs after the response has started, it is the last ${isEvents(stream) ? 'event' : 'line'}: ${codes}.`
  const examples = definitions.map(definition => {
    const { summary, value } = createBodyExample(
      definition,
      context.formats[0],
      context.docUrl,
      byCode.get(definition.code)
    )
    return [definition.code, { summary, [hasItems ? 'serializedValue' : 'value']: writeItem(stream, value) }] as const
  })
  responses[status] = {
    ...response,
    ...(response.description === defaultDescription && { description: `A stream. ${description}` }),
    content: {
      ...content,
      [stream.contentType]: {
        ...declared,
        ...hasItems
          ? {
              itemSchema: {
                anyOf: [declared?.itemSchema ?? { description: 'Data.' }, {
                  description,
                  ...createItemSchema(context, stream)
                }]
              }
            }
          : { schema: { type: 'string', description } },
        ...(!stream.hasOthers &&
          { examples: { ...declared?.examples as JsonObject | undefined, ...Object.fromEntries(examples) } })
      }
    }
  }
}

function isEvents ({ contentType }: ErrorStream): boolean {
  return contentType === 'text/event-stream'
}

/** Returns the schema of an event or line with an error. */
function createItemSchema (context: ComponentsContext, stream: ErrorStream): JsonObject {
  const { groups, path, event } = stream
  const all: StatusErrors = {
    ...groups[0] as StatusErrors,
    definitions: groups.flatMap(({ definitions }) => definitions),
    issues: new Map(groups.flatMap(({ issues }) => [...issues]))
  }
  const bodies = context.formats.map(format => createGroupSchema(context, all, format))
  const body = bodies.length === 1 ? bodies[0] as JsonObject : { anyOf: bodies }
  const line = path.reduceRight<JsonObject>((inner, name) => createObject({ [name]: inner }), body)
  if (!isEvents(stream)) return line
  return createObject({
    ...(event !== undefined && { event: { const: event } }),
    data: { type: 'string', contentMediaType: 'application/json', contentSchema: line }
  })
}

function createObject (properties: JsonObject): JsonObject {
  return { type: 'object', required: Object.keys(properties), properties }
}

/** Returns an event or line as it is sent. */
function writeItem (stream: ErrorStream, body: unknown): string {
  const line = JSON.stringify(stream.path.reduceRight((inner, name) => ({ [name]: inner }), body))
  return isEvents(stream)
    ? `${stream.event === undefined ? '' : `event: ${stream.event}\n`}data: ${line}\n\n`
    : `${line}\n`
}
