/** The rules of Spectral: all of `spectral:oas` and of the OWASP ruleset, except those listed here. */
import owasp from '@stoplight/spectral-owasp-ruleset'
import { oas } from '@stoplight/spectral-rulesets'

const { aliases: _, ...rules } = owasp.default ?? owasp

/**
 * Limits to the size of texts, numbers and lists protect a server from what callers send (OWASP API4, Unrestricted
 * Resource Consumption). So they are asked of requests, and of headers, but not of the sentences in our answers.
 */
const aliases = Object.fromEntries(Object.entries({ StringProperties: 'string', IntegerProperties: 'integer', ArrayProperties: 'array' }).map(([alias, type]) =>
  [alias, ['$.paths[*][*][requestBody,parameters]', '$..headers'].map(path => `${path}..[?(@ && @.type=="${type}")]`)]))

export default {
  extends: [oas, { ...rules, aliases }],
  rules: {
    // It knows no scopes of an API key, which OpenAPI has from 3.1 on (section 4.8.30).
    'oas3-operation-security-defined': 'off'
  },
  overrides: [
    {
      // Who signs in has no credential yet.
      files: ['**#/paths/~1sessions/post'],
      rules: { 'owasp:api2:2023-write-restricted': 'off' }
    },
    {
      // In a request, `format` is one more check by Ajv, with an error of its own; `minimum` and `maximum` say more.
      files: ['**#/paths'],
      rules: { 'owasp:api4:2023-integer-format': 'off' }
    },
    {
      // These formats have the reasons by field, whatever the fields are.
      files: ['*-summary*.json#/components/schemas', '*-message*.json#/components/schemas'],
      rules: { 'owasp:api3:2023-no-additionalProperties': 'off', 'owasp:api3:2023-constrained-additionalProperties': 'off' }
    }
  ]
}
