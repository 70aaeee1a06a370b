/** The failures of ORMs and query builders on Postgres. */
import { sql as drizzleSql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core'
import knex from 'knex'
import { Kysely, PostgresDialect, sql as kyselySql, type Generated } from 'kysely'
import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, EntitySchema } from 'typeorm'
import { urlOf } from '../../../helpers/postgres.js'
import { variant } from './case.js'
import { death, outages, ownCase, sleep, violations } from './postgres.js'
import { addressIn, pgPool, type PostgresSource } from './postgres-drivers.js'

const all = [...violations, ...outages, ...death]

const noRow = ownCase({ what: 'A required record does not exist', response: 'no_row' })
const changedMeanwhile = ownCase({ what: 'A record was changed after it was read (optimistic lock)', response: 'concurrent' })
const statementTimeout = ownCase({ what: 'A statement takes longer than the query timeout', response: 'unavailable' })
const emptyModel = ownCase({ what: 'A model lacks a required value', response: 'missing', fields: ['email'] })
const wholeModel = ownCase({ what: 'A validator rejects the whole model', response: 'check', fields: [''] })
const invalidModel = ownCase({ what: 'A validator rejects a value of the model', response: 'check', fields: ['email'] })

export const drizzleSource: PostgresSource = {
  name: 'drizzle-orm',
  cases: all,
  open: (server, database) => async (settings = {}) => {
    const { max, wait, ...other } = settings
    const pool = pgPool(addressIn(server, database)(other), { max, wait })
    const db = drizzle(pool)
    const users = pgTable('users', {
      id: serial().primaryKey(), email: text().notNull(), name: varchar(), age: integer(), team_id: integer()
    })
    const orders = pgTable('orders', { id: serial().primaryKey(), user_id: integer() })
    return {
      query: async sql => db.execute(drizzleSql.raw(sql)), // A Drizzle query starts when it is awaited.
      createUser: user => db.insert(users).values(user as typeof users.$inferInsert),
      createOrder: order => db.insert(orders).values(order),
      deleteUser: id => db.delete(users).where(drizzleSql`id = ${id}`),
      close: () => pool.ended ? Promise.resolve() : pool.end()
    }
  }
}

/** Connects over the Unix socket. Knex passes on Node's error of a connection, which shows that it was a connection to Postgres. */
export const knexSource: PostgresSource = {
  name: 'knex',
  cases: [...variant(all, { without: ['The host name of the server cannot be resolved'] }), statementTimeout],
  open: (server, database) => async (settings = {}) => {
    const { max = 5, wait = 5_000, ...other } = settings
    const quiet = () => {}
    const db = knex({
      client: 'pg',
      connection: { ...addressIn(server, database)({ host: server.socketFolder, ...other }), connectionTimeoutMillis: wait + 100 },
      pool: { min: 0, max },
      acquireConnectionTimeout: wait,
      log: { warn: quiet, error: quiet, debug: quiet, deprecate: quiet }
    })
    return {
      query: async sql => db.raw(sql),
      createUser: async user => db('users').insert(user),
      createOrder: async order => db('orders').insert(order),
      deleteUser: async id => db('users').where({ id }).delete(),
      own: { [statementTimeout.what]: async () => db.raw(sleep(0.3)).timeout(20) },
      close: () => db.destroy()
    }
  }
}

interface Tables {
  users: { id: Generated<number>, email: string, name?: string, age?: number, team_id?: number }
  orders: { id: Generated<number>, user_id: number }
}

export const kyselySource: PostgresSource = {
  name: 'kysely',
  cases: [...all, noRow],
  open: (server, database) => async (settings = {}) => {
    const { max, wait, ...other } = settings
    const pool = pgPool(addressIn(server, database)(other), { max, wait })
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
    return {
      query: sql => kyselySql.raw(sql).execute(db),
      createUser: user => db.insertInto('users').values(user as unknown as { email: string }).execute(),
      createOrder: order => db.insertInto('orders').values(order as unknown as { user_id: number }).execute(),
      deleteUser: id => db.deleteFrom('users').where('id', '=', id).execute(),
      own: { [noRow.what]: () => db.selectFrom('users').selectAll().where('id', '=', 99).executeTakeFirstOrThrow() },
      close: () => pool.ended ? Promise.resolve() : pool.end()
    }
  }
}

/** Connects over the Unix socket for the same reason as Knex. */
export const typeormSource: PostgresSource = {
  name: 'typeorm',
  cases: [...variant(all, { without: ['The host name of the server cannot be resolved'] }), noRow, changedMeanwhile],
  open: (server, database) => async (settings = {}) => {
    const { max = 5, wait = 5_000, ...other } = settings
    const { user, ...address } = addressIn(server, database)({ host: server.socketFolder, ...other })
    const id = { type: Number, primary: true, generated: true } as const
    const users = new EntitySchema<{ id: number, email: string, name: string, age: number, team_id: number }>({
      name: 'User',
      tableName: 'users',
      columns: { id, email: { type: String }, name: { type: String }, age: { type: Number }, team_id: { type: Number, version: true } }
    })
    const orders = new EntitySchema<{ id: number, user_id: number }>({ name: 'Order', tableName: 'orders', columns: { id, user_id: { type: Number } } })
    const db = new DataSource({ type: 'postgres', ...address, username: user, entities: [users, orders], extra: { max, connectionTimeoutMillis: wait } })
    await db.initialize()
    return {
      query: sql => db.query(sql),
      createUser: user => db.createQueryBuilder().insert().into(users).values(user).execute(),
      createOrder: order => db.getRepository(orders).insert(order),
      deleteUser: id => db.getRepository(users).delete({ id }),
      own: {
        [noRow.what]: () => db.getRepository(users).findOneOrFail({ where: { id: 99 } }),
        [changedMeanwhile.what]: () => db.transaction(manager => manager.findOne(users, { where: { id: 1 }, lock: { mode: 'optimistic', version: 77 } }))
      },
      close: () => db.isInitialized ? db.destroy() : Promise.resolve()
    }
  }
}

export const sequelizeSource: PostgresSource = {
  name: 'sequelize',
  cases: [...all, noRow, changedMeanwhile, emptyModel, invalidModel, wholeModel],
  open: (server, database) => async (settings = {}) => {
    const { max = 5, wait = 5_000, ...other } = settings
    const db = new Sequelize(urlOf(addressIn(server, database)(other)), {
      logging: false, pool: { max, acquire: wait }, dialectOptions: { connectionTimeoutMillis: wait }
    })
    const users = db.define('User', {
      email: DataTypes.STRING, name: DataTypes.STRING, age: DataTypes.INTEGER, team_id: DataTypes.INTEGER
    }, { tableName: 'users', timestamps: false })
    const versioned = db.define('Versioned', { name: DataTypes.STRING, team_id: DataTypes.INTEGER }, { tableName: 'users', timestamps: false, version: 'team_id' })
    const strict = db.define('Strict', { email: { type: DataTypes.STRING, allowNull: false, validate: { isEmail: true } } }, { tableName: 'users', timestamps: false })
    const whole = db.define('Whole', { email: DataTypes.STRING }, {
      tableName: 'users', timestamps: false, validate: { oneOfTwo () { throw new Error('secret of a validator') } }
    })
    const orders = db.define('Order', { user_id: DataTypes.INTEGER }, { tableName: 'orders', timestamps: false })
    return {
      query: sql => db.query(sql),
      createUser: user => users.create({ ...user }),
      createOrder: order => orders.create({ ...order }),
      deleteUser: id => users.destroy({ where: { id } }),
      own: {
        [noRow.what]: () => users.findOne({ where: { id: 99 }, rejectOnEmpty: true }),
        async [changedMeanwhile.what] () {
          const [first, second] = await Promise.all([versioned.findByPk(3), versioned.findByPk(3)])
          await first?.update({ name: 'one' })
          await second?.update({ name: 'two' })
        },
        [emptyModel.what]: () => strict.create({}),
        [invalidModel.what]: () => strict.create({ email: 'secret' }),
        [wholeModel.what]: () => whole.create({ email: 'new@example.com' })
      },
      close: () => db.close()
    }
  }
}

export const ormSources: readonly PostgresSource[] = [drizzleSource, knexSource, kyselySource, typeormSource, sequelizeSource]
