import { standardErrors, type StandardCode } from '../../lib/catalog/standard-errors.js'
import { clientErrors } from '../../lib/server/malformed-http.js'
import { fastifyErrors } from '../../lib/translate/fastify-errors.js'
import { throwables } from '../../test/support/throwables.js'
import { places } from '../../test/support/throwing-places.js'
import { databaseRows } from './databases.js'
import { failureRows } from './failures.js'
import { table } from './table.js'

const answer = (code: StandardCode): string => `${standardErrors[code].status} \`${code}\``

/** The sections about answering: the tables of lib/, and what the tests throw. */
export const answerSections: Readonly<Record<string, () => string>> = {
  'fastify-errors': () => table(['error of Fastify', 'answer'], Object.entries(fastifyErrors).map(([name, { code }]) => [`\`${name}\``, answer(code)])),
  'connection-errors': () => table(
    ['reported by Node', 'answer'],
    [...Object.entries(clientErrors).map(([name, code]) => [`\`${name}\``, answer(code)]), ['everything else', answer('invalid_request')]]
  ),
  'own-code': () => {
    const names = new Map<StandardCode, string[]>()
    for (const [name, { code = 'internal_error' }] of Object.entries(throwables)) names.set(code, [...names.get(code) ?? [], name])
    return table(['thrown', 'answer'], [...names].map(([code, list]) => [list.join('; '), answer(code)]))
  },
  'every-failure': () => table(['source', 'what happens', 'answer'], [
    ...Object.entries(throwables).map(([name, { code = 'internal_error' }]) => ['your code', `It throws ${name}.`, answer(code)]),
    ...Object.entries(fastifyErrors).map(([name, { code }]) => ['Fastify', `\`${name}\``, answer(code)]),
    ...Object.entries(clientErrors).map(([name, code]) => ['Node', `\`${name}\``, answer(code)]),
    ...databaseRows,
    ...failureRows
  ]),
  'own-code-places': () => Object.keys(places).map(place => `- ${place}`).join('\n')
}
