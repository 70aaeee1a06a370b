/** Writes the curl commands in the README of the example. */
import { demoCases, signIn, type DemoCase, type DemoRequest } from '../../examples/launch/cases.js'

const base = 'http://127.0.0.1:3000'

/** Returns the cases of the example as curl commands. */
export function launchCurl (): string {
  return demoCases.map(demo => [`# ${demo.status} ${demo.code}: ${demo.what}`, ...commandsOf(demo)].join('\n')).map(
    block => `\`\`\`sh\n${block}\n\`\`\``
  ).join('\n\n')
}

function commandsOf ({ before = [], signIn: session, request, times = 1 }: DemoCase): string[] {
  const lines = before.map(curl)
  if (session !== undefined) {
    lines.push(`TOKEN=$(${curl(signIn(session.lifetime)).replace('curl -i', 'curl -s')} | cut -d '"' -f 4)`)
    if (session.wait > 0) lines.push(`sleep ${session.wait}`)
  }
  lines.push(times === 1 ? curl(request) : `for i in $(seq ${times}); do ${curl(request)}; done`)
  return lines
}

function curl ({ method = 'GET', path, headers = {}, body }: DemoRequest): string {
  const all = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }
  return [
    'curl -i',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    quoted(base + path),
    ...Object.entries(all).map(([name, value]) =>
      `-H ${value.includes('$') ? `"${name}: ${value}"` : quoted(`${name}: ${value}`)}`
    ),
    ...(body === undefined ? [] : [`-d ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`])
  ].join(' ')
}

/** Quotes a word for the shell. */
function quoted (text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
