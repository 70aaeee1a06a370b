/** The failures of Prisma on Postgres. */
import { PrismaPg } from '@prisma/adapter-pg'
import type { PrismaClient } from '../../../helpers/prisma/generate.js'
import { urlOf } from '../../../helpers/postgres.js'
import { variant } from './case.js'
import { death, outages, ownCase, violations } from './postgres.js'
import { addressIn, type PostgresSource } from './postgres-drivers.js'

const noRow = ownCase({ what: 'A required record does not exist', response: 'no_row' })
const noRowToDelete = ownCase({ what: 'A record to delete does not exist', response: 'no_row' })
const noRowToConnect = ownCase({ what: 'A record to connect does not exist', response: 'no_row' })
const badArgument = ownCase({ what: 'The application calls Prisma incorrectly', response: 'fault' })
const slowTransaction = ownCase({ what: 'A transaction takes longer than its `timeout`', response: 'unavailable' })

/** The adapter passes on the name of a constraint, but no columns. The default names of Postgres and Prisma contain the columns. */
export function prismaSource (Client: new (options: { readonly adapter: unknown }) => PrismaClient): PostgresSource {
  return {
    name: '@prisma/client',
    cases: [
      ...variant([...violations, ...outages, ...death], {
        // It continues after its pool was closed.
        without: ['The pool is closed'],
        fields: { 'A unique combination of values is already taken': [''], 'A required value is missing': [''] }
      }),
      noRow, noRowToDelete, noRowToConnect, badArgument, slowTransaction
    ],
    open: (server, database) => async (settings = {}) => {
      const { max = 5, wait = 5_000, ...other } = settings
      const adapter = new PrismaPg({
        connectionString: urlOf(addressIn(server, database)(other)), max, connectionTimeoutMillis: wait
      }, { onPoolError () {}, onConnectionError () {} })
      const db = new Client({ adapter })
      return {
        query: async sql => /^select/.test(sql) ? db.$queryRawUnsafe(sql) : db.$executeRawUnsafe(sql),
        createUser: async user => db.user.create({ data: user }),
        createOrder: async order => db.order.create({ data: order }),
        deleteUser: async id => db.user.delete({ where: { id } }),
        own: {
          [noRow.what]: async () => db.user.findUniqueOrThrow({ where: { id: 99 } }),
          [noRowToDelete.what]: async () => db.user.delete({ where: { id: 99 } }),
          [noRowToConnect.what]: async () => db.order.create({ data: { user: { connect: { id: 99 } } } }),
          [badArgument.what]: async () => db.user.create({ data: { email: { secret: true } } }),
          [slowTransaction.what]: () => db.$transaction(async transaction => {
            await transaction.$queryRawUnsafe('select 1 from pg_sleep(0.2)')
            await transaction.$queryRawUnsafe('select 1')
          }, { timeout: 50 })
        },
        close: () => db.$disconnect()
      }
    }
  }
}
