/** The rules of Spectral: all of `spectral:oas` and of the OWASP ruleset, except those listed here. */
import owasp from '@stoplight/spectral-owasp-ruleset'
import { oas } from '@stoplight/spectral-rulesets'

const { aliases: _, ...rules } = owasp.default ?? owasp

/**
 * Limits to the size of strings, numbers and lists protect a server from large requests (OWASP API4, Unrestricted
 * Resource Consumption). So they are required in requests. Bodies and headers of responses do not have them, because
 * they would protect no server, and readers would take a limit such as 16,384 characters for a rule of the API.
 */
const aliases = Object.fromEntries(
  Object.entries({ StringProperties: 'string', IntegerProperties: 'integer', ArrayProperties: 'array' }).map(([alias, type]) => [alias, [`$.paths[*][*][requestBody,parameters]..[?(@ && @.type=="${type}")]`]])
)

export default {
  extends: [oas, { ...rules, aliases }],
  rules: {
    // Spectral does not support scopes of an API key, which OpenAPI has since 3.1 (section 4.8.30).
    'oas3-operation-security-defined': 'off'
  },
  overrides: [
    {
      // A client that signs in has no credentials yet.
      files: ['**#/paths/~1sessions/post'],
      rules: { 'owasp:api2:2023-write-restricted': 'off' }
    },
    {
      // In a request, `format` would add another error of Ajv, and `minimum` and `maximum` say more.
      files: ['**#/paths'],
      rules: { 'owasp:api4:2023-integer-format': 'off' }
    },
    {
      // These formats have the messages by field, with any field names.
      files: ['*-summary*.json#/components', '*-message*.json#/components'],
      rules: {
        'owasp:api3:2023-no-additionalProperties': 'off',
        'owasp:api3:2023-constrained-additionalProperties': 'off'
      }
    }
  ]
}
