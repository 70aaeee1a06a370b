import type { SampleRequest } from './sample-request.js'

/**
 * A request as a command for curl, to be pasted into a shell of POSIX.
 *
 * @param origin scheme and host, `https://api.example.com`
 */
export function formatCurl (request: SampleRequest, origin: string): string {
  const { method, path, headers, body, bodyBytes, longHeader, times } = request
  const words = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    quoted(origin + path),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(longHeader === undefined ? [] : [`-H "${longHeader.name}: $(head -c ${longHeader.bytes} /dev/zero | tr '\\0' x)"`]),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
    ...(bodyBytes === undefined ? [] : ['--data-binary @-'])
  ]
  const command = ['curl -i', ...words].join(' \\\n  ').replace(' \\\n  ', ' ')
  const piped = bodyBytes === undefined ? command : `head -c ${bodyBytes} /dev/zero | ${command}`
  return times === 1 ? piped : `for i in $(seq ${times}); do ${piped}; done`
}

/** A word that the shell takes as it is. */
function quoted (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
