import neostandard, { plugins } from 'neostandard'

/** The rooms of lib/, and for each the ones that it may import: imports run downward only. */
const rooms = {
  catalog: [],
  formats: ['catalog'],
  translate: ['catalog'],
  respond: ['catalog', 'formats', 'translate'],
  'rate-limit': ['catalog', 'formats', 'translate'],
  document: ['catalog', 'formats', 'translate'],
  reference: ['catalog', 'formats', 'translate', 'document'],
  verify: ['catalog', 'formats', 'translate', 'document'],
  guards: ['catalog', 'document'],
  client: []
}

/** Rooms that never touch a running server: they may use Fastify's types, not its values. */
const pure = ['catalog', 'formats', 'translate']

const importRules = Object.entries(rooms).map(([room, allowed]) => {
  const forbidden = ['index', 'plugin', 'options', 'cli', ...Object.keys(rooms).filter(name => name !== room && !allowed.includes(name))]
  return {
    files: [`lib/${room}/**/*.ts`],
    plugins: { '@typescript-eslint': plugins['typescript-eslint'].plugin },
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', {
        patterns: [{
          regex: `^(\\.\\./)+(${forbidden.join('|')})(\\.js|/)`,
          message: `lib/${room} may import ${allowed.length === 0 ? 'no other room' : allowed.map(name => `lib/${name}`).join(', ')}: imports run downward only (CONTRIBUTING.md).`
        }],
        ...(pure.includes(room) && {
          paths: ['fastify', 'fastify-plugin'].map(name => ({ name, allowTypeImports: true, message: `lib/${room} is pure: it may use Fastify's types only.` }))
        })
      }]
    }
  }
})

export default [
  ...neostandard({ ts: true, noJsx: true, ignores: ['dist/', 'bench/out/', 'coverage/', '.tap/', 'examples/*/client/', 'docs/reference/'] }),
  ...importRules,
  {
    rules: {
      '@stylistic/max-len': ['error', { code: 180, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }]
    }
  }
]
