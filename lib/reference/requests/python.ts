/** Writes a sample request as a program in Python that needs only the standard library. */
import type { SampleRequest } from '../../samples/sample-request.js'
import { quote } from './quote.js'

/**
 * Returns a request as a program in Python 3.9 or newer.
 *
 * @param origin scheme and host of the API: `https://api.example.com`
 */
export function formatPython (
  { method, path, headers, body, bodyBytes, longHeader, times }: SampleRequest,
  origin: string
): string {
  const names = [
    ...Object.entries(headers).map(([name, value]) => `${quote(name)}: ${quote(value)},`),
    ...(longHeader === undefined ? [] : [`${quote(longHeader.name)}: 'x' * ${longHeader.bytes},`])
  ]
  const send = [
    'try:',
    '    urlopen(request)',
    'except HTTPError as error:',
    '    print(error.status, error.read().decode())'
  ]
  return [
    'from urllib.error import HTTPError',
    'from urllib.request import Request, urlopen',
    '',
    'request = Request(',
    `    ${quote(origin + path)},`,
    ...(method === 'GET' ? [] : [`    method=${quote(method)},`]),
    ...(names.length === 0 ? [] : ['    headers={', ...names.map(name => `        ${name}`), '    },']),
    ...(body === undefined ? [] : [`    data=${quote(body)}.encode(),`]),
    ...(bodyBytes === undefined ? [] : [`    data=bytes(${bodyBytes}),`]),
    ')',
    ...(times === 1 ? send : [`for _ in range(${times}):`, ...send.map(line => `    ${line}`)])
  ].join('\n')
}
