/** Lists a sample request in each language of the pages. */
import type { SampleRequest } from '../../samples/sample-request.js'
import { formatCurl } from './curl.js'
import { formatFetch } from './fetch.js'
import { formatPython } from './python.js'

/** A sample request in one language. */
export interface Sample {
  /** The name in JSON. */
  readonly key: 'curl' | 'fetch' | 'python'
  /** The name for people. */
  readonly name: string
  /** The language of the code block. */
  readonly language: string
  readonly text: string
}

/** Returns a request in each language that can send it. */
export function listSamples (request: SampleRequest, origin: string): Sample[] {
  const program = formatFetch(request, origin)
  return [
    { key: 'curl', name: 'curl', language: 'sh', text: formatCurl(request, origin) },
    ...(program === undefined ? [] : [{ key: 'fetch', name: 'JavaScript', language: 'js', text: program } as const]),
    { key: 'python', name: 'Python', language: 'python', text: formatPython(request, origin) }
  ]
}
