import { standardErrors, type StandardCode } from '../lib/catalog/standard-errors.js'
import { clientErrors } from '../lib/respond/server-options.js'
import { fastifyErrors } from '../lib/translate/fastify.js'
import { throwables } from '../test/support/throwables.js'
import { places } from '../test/support/throwing-places.js'
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
  'own-code-places': () => Object.keys(places).map(place => `- ${place}`).join('\n')
}
