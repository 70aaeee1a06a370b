/** The configuration of ESLint. Its table of folders says which folder of lib/ may import which. */
import { css, neostandard, plugins } from './checks/lint/packages.js'

/** The folders of lib/, and for each the ones that it may import. Imports run downward only, so there are no cycles between folders. */
const folders = {
  support: [],
  catalog: ['support'],
  formats: ['support', 'catalog'],
  languages: ['support', 'catalog'],
  translate: ['support', 'catalog'],
  fastify: ['support', 'catalog'],
  respond: ['support', 'catalog', 'formats', 'languages', 'translate', 'fastify'],
  server: ['support', 'catalog', 'formats', 'translate', 'fastify', 'respond'],
  'rate-limit': ['support', 'catalog', 'formats', 'translate', 'fastify'],
  infer: ['support', 'catalog', 'formats', 'translate', 'fastify'],
  samples: ['support', 'catalog', 'translate', 'fastify', 'infer'],
  openapi: ['support', 'catalog', 'formats', 'translate', 'fastify', 'infer', 'samples'],
  reference: ['support', 'catalog', 'formats', 'translate', 'fastify', 'infer', 'samples', 'openapi'],
  verify: ['support', 'catalog', 'formats', 'translate', 'fastify', 'infer'],
  guards: ['support', 'catalog', 'fastify', 'infer'],
  client: [],
  cli: ['support', 'catalog', 'fastify', 'infer', 'reference', 'verify', 'source'],
  source: ['support', 'catalog', 'formats', 'translate', 'fastify', 'infer']
}

/** Folders that never touch a running server. They may use Fastify's types, but not its values. */
const pure = ['support', 'catalog', 'formats', 'languages', 'translate']

const importRules = Object.entries(folders).map(([folder, allowed]) => {
  const forbidden = ['index', 'plugin', 'options', ...Object.keys(folders).filter(name => name !== folder && !allowed.includes(name))]
  return {
    files: [`lib/${folder}/**/*.ts`],
    plugins: { '@typescript-eslint': plugins['typescript-eslint'].plugin },
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', {
        patterns: [{
          regex: `^(\\.\\./)+(${forbidden.join('|')})(\\.js|/)`,
          message: `lib/${folder} may import ${allowed.length === 0 ? 'no other folder' : allowed.map(name => `lib/${name}`).join(', ')}: imports run downward only (CONTRIBUTING.md).`
        }],
        ...(pure.includes(folder) && {
          paths: ['fastify', 'fastify-plugin'].map(name => ({ name, allowTypeImports: true, message: `lib/${folder} is pure: it may use Fastify's types only.` }))
        })
      }]
    }
  }
})

/** Limits a configuration to scripts, because ESLint applies one without `files` to style sheets too. */
const forScripts = config => config.ignores !== undefined && Object.keys(config).every(key => key === 'ignores' || key === 'name')
  ? config
  : { ...config, files: config.files ?? ['**/*.{js,mjs,cjs,ts,mts,cts}'] }

export default [
  ...neostandard({ ts: true, noJsx: true, ignores: ['dist/', 'bench/out/', 'coverage/', '.tap/', 'examples/*/client/', 'docs/reference/', '.example/', 'test/integrations/.tmp/', 'checks/openapi/.documents/'] }),
  ...importRules,
  {
    rules: {
      '@stylistic/max-len': ['error', { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }]
    }
  },
  {
    // Tests have tables with a case in each line, and the envelopes are counted in lines.
    files: ['test/**', 'examples/envelopes/**', 'eslint.config.js'],
    rules: { '@stylistic/max-len': ['error', { code: 180, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true }] }
  },
  {
    files: ['lib/reference/render/*.js'],
    languageOptions: { globals: { DOMParser: 'readonly', document: 'readonly', history: 'readonly', localStorage: 'readonly', location: 'readonly', navigator: 'readonly' } }
  }
].map(forScripts).concat({
  files: ['**/*.css'],
  plugins: { css },
  language: 'css/css',
  rules: css.configs.recommended.rules
})
