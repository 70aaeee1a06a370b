/** The reasons for missed targets. run.ts prints them in RESULTS.md. */
const work = 'Creating a catalog error, its body and its headers takes 2 us with warm caches, and twice as long with cold caches (answering.ts). The minimal handler does not do this work.'
const starts = 'The declarations of each route and its HEAD route are checked, and their schemas are replaced for @fastify/swagger. The rest is garbage collection, which has more objects to visit.'

/** The reasons for missed targets, as the profiles show them, by measurement. */
export const causes: Readonly<Record<string, string>> = {
  'a 404 thrown, compared with fastify': `Even the minimal handler misses this target. Ours captures no stack, which saves 8 us. On both sides, V8's search for the location of the throw and Node's tracking of rejected promises take 3 us. A handler that returns its errors avoids both. ${work}`,
  'a 404 thrown, pino to /dev/null, compared with fastify, pino': 'Even the minimal handler misses this target. Both sides log two lines for the request, which cost more than the line of an error without a stack.',
  'a 404 returned, pino to /dev/null, compared with fastify, pino': 'Both sides log two lines for the request, which cost more than the line of an error without a stack. The minimal handler just meets the target.',
  'a 404 returned, the same bytes, compared with node:http': 'Ours includes a Fastify route with its hooks and its reply. The minimal handler, which does no work, takes 1.4 times as long as node:http.',
  'ten invalid fields, compared with fastify': 'Fastify joins the messages into one string. Ours finds the field, pointer, code and message of each of ten issues, and writes a body of 1.3 kB. This takes 13 us with warm caches, and 18 us with cold caches (answering.ts).',
  'an unknown route, compared with fastify': `Fastify creates no error here. Ours searches the router for each method, because the response may be a 405. ${work}`,
  'an unsupported method, compared with fastify': `Fastify responds with a 404 and creates no error. Ours searches the router for each method, to write \`Allow\`. ${work}`,
  'a 429, compared with fastify, limited': 'Our error contains the exceeded limit, and our response has `RateLimit` and `RateLimit-Policy`.',
  'a TypeError, compared with fastify': 'Both sides capture one stack. Ours runs each translator and wraps the thrown error in a catalog error. This takes 3 us with warm caches, and 7 us with cold caches (answering.ts).',
  'a unique violation of Postgres, compared with fastify, unique': 'Fastify responds with a 500 and the message of the database. Ours parses the message, finds the column of the constraint, and responds with an issue. This takes 5 us with warm caches, and 9 us with cold caches (answering.ts).',
  'a 200, compared with fastify': 'Only our `genReqId` and `rewriteUrl` run, which takes 0.1 us. Processes with the same code differ by more, as the next row of the table shows.',
  'ready of 100 routes': starts,
  'ready of 1000 routes': starts,
  'ready of 5000 routes': starts,
  'heap of 5000 routes': 'A record, its entries in two indexes, and the replaced schema of each route and of its HEAD route.',
  'swagger of 1000 routes': 'Twelve references and a marker property on each operation alone take 1.07 x. With the components, and with the rules for only one route, the ratio is 1.30 x. The rest is the rules, which infer the errors of each route when a document is requested. Half of this time is the background compilation of V8.'
}
