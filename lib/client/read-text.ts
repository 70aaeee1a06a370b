/** Reads the body of a response, with limits on size and time. */

/** The limits for reading a response. */
export interface ReadLimits {
  /** Bytes. An implementation of `fetch` without web streams limits only the time. */
  readonly maxSize: number
  /** Milliseconds. */
  readonly timeout: number
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/**
 * Returns the body as text, or `undefined` if it cannot be read within the limits. Never rejects. A body that exceeds a
 * limit is canceled, so that its connection becomes available again.
 */
export async function readText (response: Response, { maxSize, timeout }: ReadLimits): Promise<string | undefined> {
  if (response.bodyUsed) return undefined
  const reader = getReader(response)
  let timer: ReturnType<typeof setTimeout> | undefined
  const timedOut = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, timeout, undefined)
  })
  const whole = reader === undefined ? response.text() : readChunks(reader, maxSize)
  const text = await Promise.race([whole, timedOut]).catch(() => undefined)
  clearTimeout(timer)
  if (text === undefined) reader?.cancel().catch(() => {})
  return text
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
