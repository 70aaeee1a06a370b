/** One call for each API client. It is sent to a local server, without retries, and its promise is rejected. */
/* eslint new-cap: "off" -- some packages export their class as the default */

export type Call = (origin: string, port: number) => Promise<unknown>

// The packages are not installed for the tests of the project, so their types are not available here.
const load = async (name: string): Promise<any> => await import(name)

// Node.js 20 has no WebSocket, but Supabase requires one.
if (!('WebSocket' in globalThis)) Object.assign(globalThis, { WebSocket: class {} })

/** Rejects with the error that a client returns instead of throwing it. */
async function throwReturned (result: Promise<{ readonly error: unknown }>): Promise<never> {
  throw (await result).error
}

/** By the name of the package. A suffix after a comma distinguishes two calls of one package. */
export const calls: Readonly<Record<string, Call>> = {
  twilio: async origin => {
    const { default: twilio } = await load('twilio')
    const client = new twilio.RequestClient({ autoRetry: false })
    const httpClient = { request: async (options: { uri: string }) => await client.request({ ...options, uri: options.uri.replace('https://api.twilio.com', origin) }) }
    return await twilio('AC0', 'token', { httpClient }).messages('SM0').fetch()
  },
  nano: async origin => await (await load('nano')).default(origin).use('x').get('y'),
  openai: async baseURL => await new (await load('openai')).default({ apiKey: 'x', baseURL, maxRetries: 0 }).models.list(),
  '@anthropic-ai/sdk': async baseURL => await new (await load('@anthropic-ai/sdk')).default({ apiKey: 'x', baseURL, maxRetries: 0 }).models.list(),
  stripe: async (_origin, port) => await new (await load('stripe')).default('sk_x', { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0 }).customers.retrieve('x'),
  algoliasearch: async (_origin, port) => await (await load('algoliasearch')).algoliasearch('x', 'y', { hosts: [{ url: `127.0.0.1:${port}`, protocol: 'http', accept: 'readWrite' }] }).getObject({ indexName: 'x', objectID: 'y' }),
  '@discordjs/rest': async api => await new (await load('@discordjs/rest')).REST({ api, retries: 0, rejectOnRateLimit: () => true }).setToken('x').get('/users/@me'),
  'mailgun.js': async url => await new (await load('mailgun.js')).default(FormData).client({ username: 'api', key: 'x', url }).domains.get('x'),
  '@supabase/supabase-js, auth': async origin => await throwReturned((await load('@supabase/supabase-js')).createClient(origin, 'x').auth.signInWithPassword({ email: 'a@b.c', password: 'x' })),
  '@supabase/supabase-js, database': async origin => await (await load('@supabase/supabase-js')).createClient(origin, 'x').from('x').select().throwOnError(),
  '@supabase/supabase-js, storage': async origin => await throwReturned((await load('@supabase/supabase-js')).createClient(origin, 'x').storage.from('x').list()),
  '@supabase/supabase-js, functions': async origin => await throwReturned((await load('@supabase/supabase-js')).createClient(origin, 'x').functions.invoke('x')),
  '@sendgrid/mail': async origin => {
    const { default: mail } = await load('@sendgrid/mail')
    mail.setApiKey('SG.x')
    mail.client.setDefaultRequest('baseUrl', origin)
    return await mail.send({ to: 'a@b.c', from: 'a@b.c', subject: 'x', text: 'x' })
  },
  postmark: async (_origin, port) => await new (await load('postmark')).ServerClient('x', { requestHost: `127.0.0.1:${port}`, useHttps: false }).getServer(),
  '@slack/web-api': async origin => await new (await load('@slack/web-api')).WebClient('x', { slackApiUrl: `${origin}/`, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true }).auth.test(),
  '@octokit/rest': async baseUrl => await new (await load('@octokit/rest')).Octokit({ baseUrl, log: { debug () {}, info () {}, warn () {}, error () {} } }).rest.repos.get({ owner: 'x', repo: 'y' }),
  gaxios: async origin => await (await load('gaxios')).request({ url: `${origin}/x`, retry: false }),
  axios: async origin => await (await load('axios')).default.get(`${origin}/x`),
  got: async origin => await (await load('got')).default(`${origin}/x`, { retry: { limit: 0 } }).json(),
  ky: async origin => await (await load('ky')).default(`${origin}/x`, { retry: 0 }).json(),
  superagent: async origin => await (await load('superagent')).default.get(`${origin}/x`),
  ofetch: async origin => await (await load('ofetch')).ofetch(`${origin}/x`, { retry: 0 }),
  wretch: async origin => await (await load('wretch')).default(`${origin}/x`).get().json(),
  contentful: async (_origin, port) => await (await load('contentful')).createClient({ space: 'x', accessToken: 'y', host: `127.0.0.1:${port}`, insecure: true, retryOnError: false }).getEntry('x'),
  '@notionhq/client': async baseUrl => await new (await load('@notionhq/client')).Client({ auth: 'x', baseUrl, retry: false, logger () {} }).users.me({}),
  '@hubspot/api-client': async basePath => await new (await load('@hubspot/api-client')).Client({ accessToken: 'x', basePath }).crm.contacts.basicApi.getById('1'),
  square: async baseUrl => await new (await load('square')).SquareClient({ token: 'x', baseUrl, environment: baseUrl, maxRetries: 0 }).locations.list({}, { maxRetries: 0 }),
  plaid: async basePath => {
    const { PlaidApi, Configuration } = await load('plaid')
    return await new PlaidApi(new Configuration({ basePath })).itemGet({ access_token: 'x' })
  },
  airtable: async endpointUrl => await new (await load('airtable')).default({ apiKey: 'x', endpointUrl, noRetryIfRateLimited: true }).base('x')('y').find('z'),
  '@elastic/elasticsearch': async node => await new (await load('@elastic/elasticsearch')).Client({ node, maxRetries: 0 }).get({ index: 'x', id: 'y' }),
  meilisearch: async host => { const loaded = await load('meilisearch'); return await new (loaded.Meilisearch ?? loaded.MeiliSearch)({ host, apiKey: 'x' }).getIndex('x') },
  typesense: async (_origin, port) => await new (await load('typesense')).default.Client({ nodes: [{ host: '127.0.0.1', port, protocol: 'http' }], apiKey: 'x', numRetries: 0, logLevel: 'silent' }).collections('x').retrieve(),
  '@aws-sdk/client-s3': async endpoint => {
    const { S3Client, GetObjectCommand } = await load('@aws-sdk/client-s3')
    return await new S3Client({ endpoint, region: 'x', forcePathStyle: true, maxAttempts: 1, credentials: { accessKeyId: 'x', secretAccessKey: 'y' } }).send(new GetObjectCommand({ Bucket: 'x', Key: 'y' }))
  }
}
