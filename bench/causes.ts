const works = 'Fastify makes no error of its own here and sends a shorter answer with two headers less; ours makes one of the catalog.'
const starts = 'What each route and its HEAD twin declare is checked, and their schemas are exchanged for @fastify/swagger; the rest is the collector, which has more to go through.'

/** Why a target is missed where it is missed, as the profiles show it; by what is measured. */
export const causes: Readonly<Record<string, string>> = {
  'a 404 thrown, beside fastify': 'What is saved is the stack. That a promise is rejected and that Node keeps account of it costs the same on both sides; a handler that returns its errors does without.',
  'a 404 thrown, pino to /dev/null, beside fastify, pino': 'Both sides write the two lines of the request, which cost more than that of the error does without its stack.',
  'a 404 returned, pino to /dev/null, beside fastify, pino': 'Both sides write the two lines of the request, which cost more than that of the error does without its stack.',
  'ten wrong fields, beside fastify': 'Fastify answers with one sentence that joins the messages; ours lists ten issues, each with its field, pointer, code and sentence, in a body of 1.3 kB.',
  'an unknown route, beside fastify': works,
  'a wrong method, beside fastify': `${works} Its answer is a 404; ours asks the router for each method, for \`Allow\`.`,
  'a 429, beside fastify, limited': 'The error carries what was exceeded, and the answer `RateLimit` and `RateLimit-Policy`.',
  'a TypeError, beside fastify': 'Both sides capture one stack. Ours asks each translator, and makes an error of the catalog around the one that was thrown.',
  'a unique violation of Postgres, beside fastify, unique': 'Fastify answers 500 with the message of the database; ours reads it, asks the constraint for its column and answers with an issue.',
  'ready of 100 routes': starts,
  'ready of 1000 routes': starts,
  'ready of 5000 routes': starts,
  'heap of 5000 routes': 'A record, its place in two indexes and the exchanged schema of each route and of its HEAD twin.',
  'swagger of 1000 routes': 'Twelve references and a mark on each operation, with nothing inferred and no plugin, are 1.07 x by themselves; with the components, and the rules asked for one route only, it is 1.30 x. The rest is the rules: what each route can answer with is inferred here, when a document is asked for, and not at every start; half of that is the background compilation of V8.'
}
