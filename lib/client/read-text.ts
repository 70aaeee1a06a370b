/** Reads the body of a response, with limits on size and time. */
import { sleep } from './backoff.js'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/**
 * Returns the body as text, or `undefined` if it cannot be read within the limits. Never rejects. A body that exceeds a
 * limit is canceled, so that its connection becomes available again.
 *
 * @param maxSize bytes; an implementation of `fetch` without web streams limits only the time
 * @param timeout milliseconds
 */
export async function readText (response: Response, maxSize: number, timeout: number): Promise<string | undefined> {
  if (response.bodyUsed) return undefined
  const reader = getReader(response)
  const timer = new AbortController()
  const whole = reader === undefined ? response.text() : readChunks(reader, maxSize)
  const text = await Promise.race([whole, sleep(timeout, timer.signal)]).catch(() => {})
  timer.abort()
  if (text === undefined) reader?.cancel().catch(() => {})
  return text as string | undefined
}

/** Returns `undefined` if there is no body, or if the body is not a web stream. */
function getReader ({ body }: Response): Reader | undefined {
  try {
    return body?.getReader()
  } catch {
    return undefined
  }
}

async function readChunks (reader: Reader, maxSize: number): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  while (size <= maxSize) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    text += decoder.decode(value, { stream: true })
  }
  return undefined
}
