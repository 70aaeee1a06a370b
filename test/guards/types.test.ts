/** The types of the API key guard. */
import t from 'tap'
import { compile } from '../helpers/compile.js'

t.test('request.apiKey has the type of the record, once the application declares it', async t => {
  t.equal(compile(`
    import Fastify from 'fastify'
    import { apiKey, type ApiKeyOf } from 'fastify-api-errors/api-key'

    async function lookup (key: string) {
      return key === '' ? null : { id: key, scopes: ['a'], expiresAt: new Date(), organizationId: 7 }
    }

    declare module 'fastify' {
      interface FastifyRequest { apiKey: ApiKeyOf<typeof lookup> }
    }

    const app = Fastify()
    app.get('/', { onRequest: apiKey({ lookup }) }, async request => {
      const id: number = request.apiKey.organizationId
      // @ts-expect-error a number is not a string
      const text: string = request.apiKey.organizationId
      // @ts-expect-error lookup finds no such field
      return [id, text, request.apiKey.plan]
    })
  `), '')
})

for (const provider of ['@fastify/type-provider-typebox', 'type-provider-typebox-5']) {
  t.test(`a guard fits every hook and every kind of instance; request.apiKey may be undefined, with ${provider}`, async t => {
    t.equal(compile(`
      import { type FastifyPluginAsyncTypebox, Type, type TypeBoxTypeProvider } from '${provider}'
      import Fastify, { type FastifyPluginAsync } from 'fastify'
      import { apiKey, type ApiKeyRecord, type Lookup } from 'fastify-api-errors/api-key'

      const lookup: Lookup = async (key, request) => ({ id: key + request.ip })
      const guard = apiKey({ lookup: async () => undefined, scopes: ['a'] })

      const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
      app.get('/:id', { onRequest: guard, preHandler: [guard], schema: { params: Type.Object({ id: Type.String() }) } }, async request => request.params.id)
      app.route({ method: 'GET', url: '/', preValidation: [guard], handler: async () => 'ok' })
      app.addHook('onRequest', guard)
      Fastify().addHook('onRequest', guard)
      Fastify({ http2: true }).addHook('onRequest', guard)
      const typed: FastifyPluginAsyncTypebox = async scope => { scope.addHook('onRequest', guard) }
      const plain: FastifyPluginAsync = async scope => { scope.addHook('preHandler', apiKey({ lookup })) }
      await app.register(typed)
      await app.register(plain)
      Fastify({ http2: true }).get('/', { onRequest: guard }, async () => 'ok')

      app.get('/key', async request => {
        const record: ApiKeyRecord | null | undefined = request.apiKey
        // @ts-expect-error there may be none
        return [record, request.apiKey.id]
      })

      // @ts-expect-error a record has an id
      apiKey({ lookup: () => ({ scopes: ['a'] }) })
      // @ts-expect-error scopes are an array
      apiKey({ lookup: () => ({ id: 'key_1', scopes: 'a' }) })
      // @ts-expect-error no such option
      apiKey({ lookup, scope: 'a' })
    `), '')
  })
}
