/** The routes of products. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../database.js'
import { errors } from '../errors.js'
import type { Guard } from '../keys.js'
import { Id, Name } from './fields.js'

interface ProductRow {
  id: string
  sku: string
  name: string
  price: number
  version: number
}

const Product = Type.Object({
  id: Type.String(),
  sku: Type.String(),
  name: Type.String(),
  price: Type.Integer(),
  version: Type.Integer()
}, { description: 'A product.' })
const price = Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'In cents.' })

/** The routes of products. SKUs are unique, and an update specifies the version that it changes. */
export const products: FastifyPluginAsyncTypebox<{ database: Database, guard: Guard }> = async (
  app,
  { database, guard }
) => {
  app.get('/products', {
    onRequest: [guard('products:read')],
    schema: {
      operationId: 'listProducts',
      summary: 'List products',
      description: 'By SKU or by price, the first ones.',
      tags: ['Products'],
      querystring: Type.Object({
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
        sort: Type.Optional(Type.Unsafe<'sku' | 'price'>({ type: 'string', enum: ['sku', 'price'], default: 'sku' }))
      }, { additionalProperties: false }),
      response: { 200: Type.Array(Product, { description: 'The products.', maxItems: 100 }) }
    }
  }, async request => {
    const { limit = 20, sort = 'sku' } = request.query
    const { rows } = await database.query<ProductRow>(
      `select id, sku, name, price, version from products order by ${sort === 'price' ? 'price' : 'sku'} limit $1`,
      [limit]
    )
    return rows
  })

  app.post('/products', {
    onRequest: [guard('products:write')],
    schema: {
      operationId: 'createProduct',
      summary: 'Create a product',
      description: 'Its SKU is its own.',
      tags: ['Products'],
      body: Type.Object({
        sku: Type.String({ pattern: '^[A-Z]{2,8}-[0-9]{1,8}$', maxLength: 17 }),
        name: Name,
        price
      }, { additionalProperties: false }),
      response: { 201: Product }
    }
  }, async (request, reply) => {
    const { sku, name, price } = request.body
    const { rows: [product] } = await database.query<ProductRow>(
      'insert into products (sku, name, price) values ($1, $2, $3) returning id, sku, name, price, version',
      [sku, name, price]
    )
    return await reply.code(201).send(product as ProductRow)
  })

  app.put('/products/:id/price', {
    onRequest: [guard('products:write')],
    schema: {
      operationId: 'changePrice',
      summary: 'Change a price',
      description: 'The change names the version that it is made to, so that two people do not overwrite each other.',
      tags: ['Products'],
      params: Id,
      body: Type.Object({
        price,
        version: Type.Integer({
          minimum: 1,
          maximum: 2_147_483_647,
          description: 'The version that the change is made to.'
        })
      }, { additionalProperties: false }),
      response: { 200: Product }
    }
  }, async request => {
    const { rows: [product] } = await database.query<ProductRow>(
      'update products set price = $1, version = version + 1 where id = $2 and version = $3 returning id, sku, name, price, version',
      [request.body.price, request.params.id, request.body.version]
    )
    if (product !== undefined) return product
    const { rows: [existing] } = await database.query('select id from products where id = $1', [request.params.id])
    if (existing === undefined) throw errors.resource_not_found({ message: 'No product has this id.' })
    throw errors.concurrent_modification()
  })
}
