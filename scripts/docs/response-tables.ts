/**
 * Writes the tables of docs/responses.md and docs/edge-cases.md: the errors of Fastify and Node, and the values that
 * the tests throw.
 */
import { standardErrors, type StandardCode } from '../../lib/catalog/standard-errors.js'
import { clientErrors } from '../../lib/server/malformed-http.js'
import { fastifyErrors } from '../../lib/translate/fastify-errors.js'
import { throwables } from '../../test/helpers/throwables.js'
import { places } from '../../test/helpers/throwing-places.js'
import { table } from './table.js'

const response = (code: StandardCode): string => `${standardErrors[code].status} \`${code}\``

/** The sections of both pages by name. */
export const responseSections: Readonly<Record<string, () => string>> = {
  'fastify-errors': () =>
    table(
      ['error of Fastify', 'response'],
      Object.entries(fastifyErrors).map(([name, { code }]) => [`\`${name}\``, response(code)])
    ),
  'connection-errors': () =>
    table(
      ['reported by Node', 'response'],
      [...Object.entries(clientErrors).map(([name, code]) => [`\`${name}\``, response(code)]), [
        'everything else',
        response('invalid_request')
      ]]
    ),
  'own-code': () => {
    const names = new Map<StandardCode, string[]>()
    for (const [name, { code = 'internal_error' }] of Object.entries(throwables)) {
      names.set(code, [...names.get(code) ?? [], name])
    }
    return table(['thrown', 'response'], [...names].flatMap(([code, list]) => list.map(name => [name, response(code)])))
  },
  'own-code-places': () => Object.keys(places).map(place => `- ${place}`).join('\n')
}
