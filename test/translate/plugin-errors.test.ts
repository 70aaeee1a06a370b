/** The error codes of the official Fastify plugins. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInThisContext } from 'node:vm'
import multipart from '@fastify/multipart'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import t from 'tap'
import { standardErrors } from '../../lib/catalog/standard-errors.js'
import { errorsWithoutCode, formParserErrors, pluginErrors } from '../../lib/translate/plugin-codes.js'
import { pluginsTranslator } from '../../lib/translate/plugin-errors.js'
import { pluginCases } from '../plugins/cases.js'

/** The codes that a request cannot cause: invalid options, and bugs in a handler. */
const mistakes: Readonly<Record<string, readonly string[]>> = {
  '@fastify/bearer-auth': [
    'FST_BEARER_AUTH_INVALID_HOOK', 'FST_BEARER_AUTH_INVALID_KEYS_OPTION_TYPE', 'FST_BEARER_AUTH_INVALID_LOG_LEVEL', 'FST_BEARER_AUTH_INVALID_SPEC',
    'FST_BEARER_AUTH_KEYS_OPTION_INVALID_KEY_TYPE'
  ],
  '@fastify/multipart': ['FST_FILE_BUFFER_NOT_FOUND', 'FST_NO_FORM_DATA'],
  '@fastify/response-validation': ['FST_RESPONSE_VALIDATION_FAILED_VALIDATION', 'FST_RESPONSE_VALIDATION_SCHEMA_NOT_DEFINED'],
  '@fastify/static': ['FST_STATIC_INVALID_OPTION', 'FST_STATIC_INVALID_OPTION_VALUE', 'FST_STATIC_MULTIROOT_LIST_CONFLICT'],
  'fast-jwt': ['FAST_JWT_INVALID_KEY', 'FAST_JWT_INVALID_OPTION', 'FAST_JWT_KEY_FETCHING_ERROR', 'FAST_JWT_MISSING_KEY', 'FAST_JWT_SIGN_ERROR']
}

const mainOf = (name: string): string => fileURLToPath(import.meta.resolve(name))

/** Returns the codes in the source of a package, because most packages do not export their errors. */
function codesInSource (name: string): string[] {
  const folder = dirname(mainOf(name))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => /\.js$/.test(file) && !/^(test|bench|benchmark|examples?|node_modules)\//.test(file))
  const codes = files.flatMap(file => [...readFileSync(join(folder, file), 'utf8').matchAll(/'((?:FST|FAST)_\w+)'/g)].map(([, code = '']) => code))
  return [...new Set(codes)].sort()
}

const codesOf = (name: string): string[] => Object.keys(pluginErrors[name] ?? {})

for (const name of Object.keys(pluginCases).map(plugin => `@fastify/${plugin}`)) {
  t.test(`every code of ${name} is in the table or indicates a bug in the application`, async t => {
    t.strictSame(codesInSource(name), [...codesOf(name), ...mistakes[name] ?? []].sort())
  })
}

t.test('every code of fast-jwt is in the table or indicates a bug in the application', async t => {
  const { TokenError } = createRequire(mainOf('@fastify/jwt'))('fast-jwt') as { readonly TokenError: { readonly codes: Readonly<Record<string, string>> } }
  const codes = Object.values(TokenError.codes).filter(code => !codesOf('@fastify/jwt').includes(code))
  t.strictSame(codes.sort(), [...codesOf('fast-jwt'), ...mistakes['fast-jwt'] ?? []].sort())
})

t.test('the codes in the sources equal the exported ones, if there are any', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(multipart)
  const exported = Object.values(app.multipartErrors).map(AnyError => new AnyError().code)
  t.strictSame(exported.filter(code => !codesInSource('@fastify/multipart').includes(code)), [])
  const { errors } = fastifyStatic as unknown as { readonly errors: Readonly<Record<string, new () => { readonly code: string }>> }
  t.strictSame(Object.values(errors).map(AnyError => new AnyError().code).sort(), codesInSource('@fastify/static'))
})

t.test('every plugin of the table is tested', async t => {
  t.strictSame(Object.keys(pluginErrors).filter(name => name !== 'fast-jwt' && !Object.hasOwn(pluginCases, name.replace('@fastify/', ''))), [])
})

const context = (contentType?: string) => ({
  errors: standardErrors,
  request: { headers: { 'content-type': contentType } } as FastifyRequest,
  reply: {} as FastifyReply
})

t.test('each code has its response', async t => {
  for (const [code, response] of Object.values(pluginErrors).flatMap(codes => Object.entries(codes))) {
    const { message = standardErrors[response.code].message, headers } = response
    t.match(pluginsTranslator.translate(Object.assign(new Error('a secret'), { code }), context()), { code: response.code, message, headers }, code)
  }
})

t.test('the messages of the form parser are in its source, and are only matched for forms', async t => {
  const busboy = dirname(createRequire(mainOf('@fastify/multipart')).resolve('@fastify/busboy'))
  const source = readdirSync(busboy, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.js')).map(file => readFileSync(join(busboy, file), 'utf8')).join('')
  for (const [message, { code }] of Object.entries(formParserErrors)) {
    t.ok(source.includes(message.replace(/^(Part|Preamble)/, '')), message)
    t.equal(pluginsTranslator.translate(new Error(message), context('Multipart/form-data; boundary=x'))?.code, code)
    t.equal(pluginsTranslator.translate(new Error(message), context('application/json')), undefined)
    t.equal(pluginsTranslator.translate(new Error(message), context()), undefined)
  }
})

/** Returns an error that is created in a file. */
const errorOf = (file: string, message: string): unknown => runInThisContext(`new Error(${JSON.stringify(message)})`, { filename: file })

t.test('an error without a code is recognized by its message, if the plugin created it', async t => {
  for (const [plugin, messages] of Object.entries(errorsWithoutCode)) {
    for (const [message, { code }] of Object.entries(messages)) {
      for (const folder of ['/app/node_modules', 'C:\\app\\node_modules', '/app/node_modules/.pnpm/x@1.0.0/node_modules']) {
        const file = `${folder}/${plugin}/index.js`
        t.match(pluginsTranslator.translate(errorOf(folder.startsWith('C') ? file.replaceAll('/', '\\') : file, message), context()), { code, message: standardErrors[code].message }, file)
      }
      t.equal(pluginsTranslator.translate(errorOf('/app/src/index.js', message), context()), undefined)
      t.equal(pluginsTranslator.translate(errorOf(`/app/node_modules/${plugin}/index.js`, `${message}.`), context()), undefined)
      t.equal(pluginsTranslator.translate({ message }, context()), undefined, 'no stack')
      t.equal(pluginsTranslator.translate({ message, stack: message }, context()), undefined, 'an empty stack')
    }
  }
})

t.test('other errors are left to other translators', async t => {
  for (const value of [undefined, null, 'FST_UNDER_PRESSURE', new Error('A mistake.'), { message: 7 }, { code: 'FST_ERR_SOMETHING' }]) {
    t.equal(pluginsTranslator.translate(value, context('multipart/form-data')), undefined)
  }
})
