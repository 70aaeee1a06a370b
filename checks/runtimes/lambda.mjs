/** An AWS Lambda function: prints the status, the code and a header of its response to an unsupported method. */
import awsLambda from '@fastify/aws-lambda'
import Fastify from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'

const app = Fastify(serverOptions())
await app.register(apiErrors, { log: false })
app.get('/queues', async () => [])
const handler = awsLambda(app)

/** An event of API Gateway, payload version 2.0. */
const event = {
  version: '2.0',
  rawPath: '/queues',
  rawQueryString: '',
  headers: { host: 'api.example.com' },
  requestContext: { http: { method: 'DELETE', path: '/queues', protocol: 'HTTP/1.1', sourceIp: '203.0.113.7' } },
  isBase64Encoded: false
}
const { statusCode, headers, body } = await handler(event, {})
console.log(
  JSON.stringify({ 'an unsupported method': `${statusCode} ${JSON.parse(body).code}, Allow: ${headers.allow}` })
)
