/** Writes a sample request as a curl command. */
import type { SampleRequest } from '../../samples/sample-request.js'

/**
 * Returns a request as a curl command for a POSIX shell.
 *
 * @param origin scheme and host of the API: `https://api.example.com`
 */
export function formatCurl (request: SampleRequest, origin: string): string {
  const { method, path, headers, body, bodyBytes, longHeader, times } = request
  const words = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    quoteForShell(origin + path),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoteForShell(`${name}: ${value}`)}`),
    ...(longHeader === undefined
      ? []
      : [`-H "${longHeader.name}: $(head -c ${longHeader.bytes} /dev/zero | tr '\\0' x)"`]),
    ...(body === undefined ? [] : [`-d ${quoteForShell(body)}`]),
    ...(bodyBytes === undefined ? [] : ['--data-binary @-'])
  ]
  const command = ['curl -i', ...words].join(' \\\n  ').replace(' \\\n  ', ' ')
  const piped = bodyBytes === undefined ? command : `head -c ${bodyBytes} /dev/zero | ${command}`
  return times === 1 ? piped : `for i in $(seq ${times}); do ${piped}; done`
}

/** Quotes a word so that the shell does not change it. */
function quoteForShell (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
