/** Finds how handlers write errors into streams. */
import t from 'tap'
import { loadParser } from '../../../lib/infer/code/parse-function.js'
import { findStreamedErrors } from '../../../lib/infer/code/streamed-errors.js'

t.before(loadParser)

/** Returns a function with a source. */
const createHandler = (body: string): object => new Function(`return async function (request, reply) { ${body} }`)() as object // eslint-disable-line no-new-func

/** Returns code that writes an event. */
const writeEvent = (start: string, data: string): string => `write(\`${start}\${JSON.stringify(${data})}\\n\\n\`)`

t.test('a call of toBody() and the media type show how a handler writes errors', async t => {
  for (const [body, expected] of [
    [
      "reply.type('application/x-ndjson').send(lines(error => JSON.stringify({ error: app.apiErrors.toBody(error, reply) })))",
      { contentType: 'application/x-ndjson', event: undefined, path: ['error'], hasOthers: false }
    ],
    [
      "reply.header('content-type', 'application/jsonl; charset=utf-8'); send(this.apiErrors.toBody(error, reply))",
      { contentType: 'application/jsonl', event: undefined, path: [], hasOthers: false }
    ],
    [
      "reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }); " + writeEvent('event: problem\\ndata: ', 'app.apiErrors.toBody(error, reply)'),
      { contentType: 'text/event-stream', event: 'problem', path: [], hasOthers: false }
    ],
    [
      "reply.type('text/event-stream'); " + writeEvent('data: ', "{ type: 'error', id, 'the error': { error: toBody(error, reply) }, ...rest }"),
      { contentType: 'text/event-stream', event: undefined, path: ['the error', 'error'], hasOthers: true }
    ]
  ] as const) t.strictSame(findStreamedErrors(createHandler(body)), expected, body)
})

t.test('toBody() without a media type for streams, and other code, find no streamed errors', async t => {
  for (const body of [
    "reply.type('application/x-ndjson').send(lines())",
    'send(app.apiErrors.toBody(error, reply))',
    "reply.type('application/json').send(app.apiErrors.toBody(error, reply))",
    "reply.type('text/event-stream'); // toBody"
  ]) t.equal(findStreamedErrors(createHandler(`${body}\n`)), undefined, body)
  t.equal(findStreamedErrors(createHandler(`app.apiErrors.toBody(error, reply) /* ${'x'.repeat(50_000)} */`)), undefined, 'code that is too long')
})
