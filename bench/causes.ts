const work = 'What is left beside the least of these answers is work: to make an error of the catalog, its body and its headers takes 2 us with warm caches and twice that with cold ones (answering.ts), where Fastify writes what it was given.'
const starts = 'What each route and its HEAD twin declare is checked, and their schemas are exchanged for @fastify/swagger; the rest is the collector, which has more to go through.'

/** Why a target is missed where it is missed, as the profiles show it; by what is measured. */
export const causes: Readonly<Record<string, string>> = {
  'a 404 thrown, beside fastify': `No answer of this kind meets it: see the least of these answers. What is saved is the stack, 8 us. That V8 looks for the place of the throw and Node keeps account of a rejected promise is 3 us on both sides; a handler that returns its errors does without. ${work}`,
  'a 404 thrown, pino to /dev/null, beside fastify, pino': 'No answer of this kind meets it: see the least of these answers. Both sides write the two lines of the request, which cost more than that of the error does without its stack.',
  'a 404 returned, pino to /dev/null, beside fastify, pino': 'Both sides write the two lines of the request, which cost more than that of the error does without its stack: the least of these answers hardly meets it.',
  'a 404 returned, the same bytes, beside node:http': 'A route of Fastify, with its hooks and its reply, comes between: the least of these answers, which does nothing for it, takes 1.4 times as long as node:http by itself.',
  'ten wrong fields, beside fastify': 'Fastify joins the messages to one sentence. Ours finds for each of ten issues its field, pointer, code and sentence, and writes a body of 1.3 kB: 13 us with warm caches, 18 us with cold ones (answering.ts).',
  'an unknown route, beside fastify': `Fastify makes no error of its own here. The router is asked for each method, for a 405. ${work}`,
  'a wrong method, beside fastify': `Fastify's answer is a 404, without an error of its own. The router is asked for each method, for \`Allow\`. ${work}`,
  'a 429, beside fastify, limited': 'The error carries what was exceeded, and the answer `RateLimit` and `RateLimit-Policy`; what was dearer, a refusal that was thrown twice more on its way, is gone.',
  'a TypeError, beside fastify': 'Both sides capture one stack. Ours asks each translator, and makes an error of the catalog around the one that was thrown: 3 us with warm caches, 7 us with cold ones (answering.ts).',
  'a unique violation of Postgres, beside fastify, unique': 'Fastify answers 500 with the message of the database. Ours reads it, asks the constraint for its column and answers with an issue: 5 us with warm caches, 9 us with cold ones (answering.ts).',
  'a 200, beside fastify': 'Nothing of ours runs for it but `genReqId` and `rewriteUrl`, 0.1 us; processes of the same code differ by more: see the row below it.',
  'ready of 100 routes': starts,
  'ready of 1000 routes': starts,
  'ready of 5000 routes': starts,
  'heap of 5000 routes': 'A record, its place in two indexes and the exchanged schema of each route and of its HEAD twin.',
  'swagger of 1000 routes': 'Twelve references and a mark on each operation, with nothing inferred and no plugin, are 1.07 x by themselves; with the components, and the rules asked for one route only, it is 1.30 x. The rest is the rules: what each route can answer with is inferred here, when a document is asked for, and not at every start; half of that is the background compilation of V8.'
}
