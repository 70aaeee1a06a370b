/** Statuses by the names of errors. */
import t from 'tap'
import boom from '@hapi/boom'
import createError from 'http-errors'
import { getNamedStatus } from '../../../lib/infer/code/status-names.js'

t.test('the name of an error gives its status in every usual spelling', t => {
  for (const [name, status] of [
    ['notFound', 404], ['NotFound', 404], ['NOT_FOUND', 404], ['NotFoundError', 404], ['NotFoundException', 404], ['imateapot', 418], ['teapot', 418],
    ['InternalServerError', 500], ['InternalServerErrorException', 500], ['UriTooLong', 414], ['HttpVersionNotSupportedException', 505],
    ['AccessDeniedError', 403], ['NotAuthorized', 401],
    ['ContentTooLarge', undefined], ['UserMissing', undefined], ['ok', undefined], ['Continue', undefined], ['constructor', undefined], ['', undefined]
  ] as const) t.equal(getNamedStatus(name), status, name)
  t.end()
})

t.test('the classes of http-errors have the status of their name', t => {
  const classes = Object.entries(createError).filter(([name, value]) => /^[A-Z]/.test(name) && name !== 'HttpError' && typeof value === 'function')
  t.ok(classes.length > 30)
  for (const [name, value] of classes) t.equal(getNamedStatus(name), (value as { prototype: { statusCode: number } }).prototype.statusCode, name)
  t.end()
})

t.test('the functions of Boom have the status of their name', t => {
  const others = ['boomify', 'isBoom', 'paymentRequired']
  const functions = Object.entries(boom).filter(([name, value]) => /^[a-z]/.test(name) && !others.includes(name) && typeof value === 'function')
  t.ok(functions.length > 20)
  for (const [name, create] of functions) t.equal(getNamedStatus(name), (create as (message: string) => { output: { statusCode: number } })('x').output.statusCode, name)
  t.end()
})
