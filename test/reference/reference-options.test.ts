/** The option `reference`: what is rejected, and where the page of `live` is served. */
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { type ReferenceOptions } from 'fastify-api-errors'
import { isLive } from '../../lib/reference/reference-options.js'

t.test('an invalid option is reported with one sentence', async t => {
  const messageFor = async (reference: unknown): Promise<string> => {
    try {
      await Fastify().register(apiErrors, { reference: reference as ReferenceOptions })
    } catch (error) {
      return (error as Error).message.replace('fastify-api-errors: ', '')
    }
    return ''
  }
  t.equal(await messageFor('/errors'), 'reference: expected an object like { path: \'/errors\' }, got "/errors".')
  t.equal(await messageFor(null), "reference: expected an object like { path: '/errors' }, got null.")
  t.equal(await messageFor({}), "reference.path: expected a path like '/errors', got undefined.")
  for (const path of ['errors', '/errors/', '/', '/:errors', '/errors/*']) t.equal(await messageFor({ path }), `reference.path: expected a path like '/errors', got "${path}".`)
  t.equal(await messageFor({ path: '/errors', title: '' }), 'reference.title: expected a heading, got "".')
  t.equal(await messageFor({ path: '/errors', title: 1 }), 'reference.title: expected a heading, got 1.')
  t.equal(await messageFor({ path: '/docs/errors_1.0~x', title: 'Errors' }), '')

  const wrong: ReadonlyArray<readonly [options: object, sentence: string]> = [
    [{ root: '/' }, 'reference.root: unknown option, expected one of path, title, origin, colors, logo, support, operationUrl, changelog, live, source.'],
    [{ origin: 'api.example.com' }, "reference.origin: expected the scheme and host, like 'https://api.example.com', got \"api.example.com\"."],
    [{ origin: 'https://api.example.com/' }, "reference.origin: expected the scheme and host, like 'https://api.example.com', got \"https://api.example.com/\"."],
    [{ colors: '#000000' }, "reference.colors: expected an object like { light: '#2a52be', dark: '#8fb0ff' }, got \"#000000\"."],
    [{ colors: { accent: '#000000' } }, 'reference.colors.accent: unknown option, expected one of light, dark.'],
    [{ colors: { light: 'red' } }, "reference.colors.light: expected a color like '#2a52be', got \"red\"."],
    [{ colors: { light: '#ffcc00' } }, 'reference.colors.light: expected a color with a contrast of at least 4.5:1 on #f6f7f9, got "#ffcc00".'],
    [{ colors: { light: '#000000', dark: '#2a52be' } }, 'reference.colors.dark: expected a color with a contrast of at least 4.5:1 on #1b2027, got "#2a52be".'],
    [{ logo: 'logo.svg' }, "reference.logo: expected a path, an 'https:' URL or a 'data:' URL of an image, got \"logo.svg\"."],
    [{ logo: '//example.com/logo.svg' }, "reference.logo: expected a path, an 'https:' URL or a 'data:' URL of an image, got \"//example.com/logo.svg\"."],
    [{ logo: "https://example.com/;script-src '*'" }, "reference.logo: expected a path, an 'https:' URL or a 'data:' URL of an image, got \"https://example.com/;script-src '*'\"."],
    [{ support: 'help@example.com' }, "reference.support: expected an 'https:' or 'mailto:' URL, got \"help@example.com\"."],
    [{ operationUrl: '/docs' }, 'reference.operationUrl: expected a function of the operation that returns a URL, got "/docs".'],
    [{ operationUrl: async () => '/docs' }, 'reference.operationUrl: expected a function of the operation that returns a URL, got an async function.'],
    [{ changelog: true }, "reference.changelog: expected the path of a file that 'fastify-api-errors changelog' wrote, or its content, got true."],
    [{ live: 'yes' }, 'reference.live: expected true, false, or a function of the request that returns true or false, got "yes".'],
    [{ source: './src' }, "reference.source: expected a URL like 'https://github.com/acme/api/blob/main', got \"./src\"."]
  ]
  for (const [options, sentence] of wrong) t.equal(await messageFor({ path: '/errors', ...options }), sentence)
  t.equal(await messageFor({ path: '/errors', origin: 'https://API.example.com:8443', colors: { light: '#7a0055', dark: '#ffaadd' }, logo: 'https://example.com/logo.svg', support: 'https://example.com/help', source: 'https://example.com/' }), '')
})

t.test('`live: true` is not served in production, and a function decides itself', async t => {
  const before = process.env.NODE_ENV
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  })
  for (const [environment, served] of [['production', false], ['test', true]] as const) {
    process.env.NODE_ENV = environment
    t.equal(isLive({ live: true }), served, environment)
    t.equal(isLive({ live: () => true }), true, environment)
    t.equal(isLive({ live: false }), false, environment)
    t.equal(isLive({}), false, environment)
  }
})
