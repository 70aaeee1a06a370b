/** Writes the documents of the example in each version and format, for the checks with other tools. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formats, type Format } from 'fastify-api-errors'
import { createApp } from '../../examples/launch/app.js'

type Json = Record<string, unknown>

/** The part of a document that is changed to check whether a tool finds the problem. */
interface Operation extends Json {
  readonly responses: Json
}

/** The versions of OpenAPI that are checked. */
const versions = [{ version: '3.0', openapi: '3.0.3' }, { version: '3.1', openapi: '3.1.0' }, {
  version: '3.2',
  openapi: '3.2.0'
}] as const

/** One document of the example, in a separate file. */
export interface CheckedDocument {
  /** `3.1 problem`, `3.0 code negotiated`. */
  readonly title: string
  readonly version: (typeof versions)[number]['version']
  readonly format: Format
  readonly negotiate: boolean
  readonly file: string
}

/** Inside the folder of the checks, so that the generated clients find their packages. */
export const folder = fileURLToPath(new URL('.documents/', import.meta.url))

const envelopes = new URL('../../examples/envelopes/', import.meta.url)

/** The custom formats of the examples. */
const customFormats = await Promise.all(
  readdirSync(envelopes).map(async file =>
    (await import(new URL(file, envelopes).href) as { readonly format: Format }).format
  )
)

/**
 * Returns the document of the example in each version and built-in format, with and without negotiation, and version
 * 3.1 in each custom format.
 *
 * @param only a part of the titles to select @default all
 */
export async function makeDocuments (only: string = ''): Promise<CheckedDocument[]> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const documents: CheckedDocument[] = []
  for (const { version, openapi } of versions) {
    for (const format of [...Object.values(formats), ...version === '3.1' ? customFormats : []]) {
      for (const negotiate of customFormats.includes(format) ? [false] : [false, true]) {
        const title = `${version} ${format.name}${negotiate ? ' negotiated' : ''}`
        if (!title.includes(only)) continue
        const file = fileOf(title)
        const app = await createApp({ format, negotiate, openapi })
        await app.ready()
        writeFileSync(file, JSON.stringify(app.swagger(), null, 2))
        await app.close()
        documents.push({ title, version, format, negotiate, file })
      }
    }
  }
  return documents
}

/** A change to a document that a tool must report. It proves that the check can fail. */
export interface Fault {
  readonly title: string
  readonly tool: 'spectral' | 'redocly' | 'openapi-schema-validator'
  readonly spoil: (signIn: Operation, document: Json & { readonly components: Record<string, Json> }) => void
}

/** Returns the component that `{ $ref: '#/components/responses/Name' }` refers to. */
function followReference (reference: unknown, components: Record<string, Json>): Json {
  const [, , kind = '', name = ''] = (reference as { readonly $ref: string }).$ref.split('/')
  return components[kind]?.[name] as Json
}

export const faults: readonly Fault[] = [
  {
    title: 'a limited route without its 429',
    tool: 'spectral',
    spoil: ({ responses }) => {
      delete responses['429']
    }
  },
  {
    title: 'a request with a string without a maximum length',
    tool: 'spectral',
    spoil: operation => {
      operation.requestBody = { content: { 'application/json': { schema: { type: 'string' } } } }
    }
  },
  {
    title: 'a 429 without Retry-After',
    tool: 'redocly',
    spoil: ({ responses }, { components }) => {
      delete (followReference(responses['429'], components) as { headers: Json }).headers['Retry-After']
    }
  },
  {
    title: 'an example that does not match its schema',
    tool: 'redocly',
    spoil: (_operation, { components }) => {
      ;(components.examples?.InternalError as Json).value = { code: 'other' }
    }
  },
  {
    title: 'a response without a description',
    tool: 'openapi-schema-validator',
    spoil: ({ responses }) => {
      responses['418'] = {}
    }
  }
]

/** Writes a document with a problem to a separate file. */
export function spoiled ({ version, file }: CheckedDocument, text: string, { title, spoil }: Fault): string {
  const document = JSON.parse(text) as Json & {
    components: Record<string, Json>,
    paths: Record<string, Record<string, Operation>>
  }
  const signIn = document.paths['/sessions']?.post
  if (signIn === undefined) throw new Error(`${file} has no POST /sessions`)
  spoil(signIn, document)
  const changed = fileOf(`${version} with ${title}`)
  writeFileSync(changed, JSON.stringify(document, null, 2))
  return changed
}

function fileOf (title: string): string {
  return join(folder, `${title.replaceAll(' ', '-')}.json`)
}
