/** The failures of MySQL and MariaDB. */
import type { DatabaseOptions } from 'fastify-api-errors'
import mariadb from 'mariadb'
import mysql from 'mysql2/promise'
import type { Case, Source } from './case.js'

/** The tables, statement by statement. Keys have MariaDB's default names. */
export const schema: readonly string[] = [
  `create table users (
    id int primary key auto_increment, email varchar(100) not null unique, name varchar(10), age smallint, team_id int, born datetime, role enum('owner', 'guest') default 'guest',
    constraint age check (age > 0), unique one_name (team_id, name)
  )`,
  'create table orders (id int primary key auto_increment, user_id int, foreign key (user_id) references users (id))',
  'create table invoices (id int primary key auto_increment, user_id int, constraint billed_user foreign key (user_id) references users (id))',
  "insert into users (email, name, team_id) values ('ada@example.com', 'ada', 1), ('bob@example.com', 'bob', 1), ('cy@example.com', 'cy', 2)",
  'insert into orders (user_id) values (1)',
  'insert into invoices (user_id) values (2)'
]

/** The `database` option of the application. */
export const database: DatabaseOptions = {
  constraints: {
    one_name: { field: 'profile.name', message: 'Another user in the team has this name.' },
    billed_user: { field: 'user', message: 'Specify the user to bill.', onDelete: 'The user has invoices.' }
  }
}

/** The target and the limits of a connection. */
export interface OpenSettings {
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** The number of connections in the pool. */
  readonly max?: number
  /** Milliseconds to wait for a connection. */
  readonly wait?: number
}

/** A database through one driver. */
export interface World {
  readonly query: (sql: string, timeout?: number) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** Connects to the server on a port. */
export type Open = (settings?: OpenSettings) => Promise<World>

export interface MysqlWorld {
  readonly db: World
  readonly open: Open
  readonly closedPort: number
  readonly silentPort: number
}

async function withConnections (open: Open, settings: readonly OpenSettings[], run: (...connections: World[]) => Promise<unknown>): Promise<unknown> {
  const connections: World[] = []
  try {
    for (const setting of settings) connections.push(await open(setting))
    return await run(...connections)
  } finally {
    await Promise.all(connections.map(connection => connection.close()))
  }
}

const one: OpenSettings = { max: 1 }

export const violations: ReadonlyArray<Case<MysqlWorld>> = [
  {
    what: 'A unique value is already taken',
    response: 'unique',
    fields: ['email'],
    body: { email: 'ada@example.com' },
    run: ({ db }) => db.query("insert into users (email) values ('ada@example.com')")
  },
  {
    what: 'A unique value is already taken, and the body has no field with that name',
    response: 'unique',
    body: { address: 'ada@example.com' },
    run: ({ db }) => db.query("insert into users (email) values ('ada@example.com')")
  },
  {
    what: 'A primary key is already taken',
    response: 'unique',
    body: { PRIMARY: 1 },
    run: ({ db }) => db.query("insert into users (id, email) values (1, 'new@example.com')")
  },
  {
    what: 'A unique value is already taken, and the `database` option names the key',
    response: 'unique',
    fields: ['profile.name'],
    message: 'Another user in the team has this name.',
    run: ({ db }) => db.query("insert into users (email, team_id, name) values ('new@example.com', 1, 'ada')")
  },
  {
    what: 'A foreign key refers to a record that does not exist',
    response: 'unknown_reference',
    fields: ['user_id'],
    run: ({ db }) => db.query('insert into orders (user_id) values (77)')
  },
  {
    what: 'A foreign key refers to a record that does not exist, and the `database` option names the foreign key',
    response: 'unknown_reference',
    fields: ['user'],
    message: 'Specify the user to bill.',
    run: ({ db }) => db.query('insert into invoices (user_id) values (77)')
  },
  {
    what: 'A record is deleted although other records refer to it',
    response: 'still_referenced',
    run: ({ db }) => db.query('delete from users where id = 1')
  },
  {
    what: 'A record is deleted although other records refer to it, and the `database` option names the foreign key',
    response: 'still_referenced',
    message: 'The user has invoices.',
    run: ({ db }) => db.query('delete from users where id = 2')
  },
  {
    what: 'A required value is missing',
    response: 'missing',
    fields: ['email'],
    run: ({ db }) => db.query("insert into users (name) values ('eve')")
  },
  {
    what: 'A required value is null',
    response: 'missing',
    fields: ['email'],
    run: ({ db }) => db.query('insert into users (email) values (null)')
  },
  {
    what: 'A check constraint fails',
    response: 'check',
    fields: ['age'],
    body: { age: -1 },
    run: ({ db }) => db.query("insert into users (email, age) values ('new@example.com', -1)")
  },
  {
    what: 'A string is too long',
    response: 'too_long',
    fields: ['name'],
    run: ({ db }) => db.query("insert into users (email, name) values ('new@example.com', 'secret secret secret')")
  },
  {
    what: 'A number is out of range',
    response: 'out_of_range',
    fields: ['age'],
    run: ({ db }) => db.query("insert into users (email, age) values ('new@example.com', 99999)")
  },
  {
    what: 'A string is not a number',
    response: 'malformed',
    fields: ['age'],
    run: ({ db }) => db.query("insert into users (email, age) values ('new@example.com', 'secret')")
  },
  {
    what: 'A string is not a date',
    response: 'malformed',
    fields: ['born'],
    run: ({ db }) => db.query("insert into users (email, born) values ('new@example.com', 'secret')")
  },
  {
    what: 'A string is not a value of the enum',
    response: 'malformed',
    fields: ['role'],
    run: ({ db }) => db.query("insert into users (email, role) values ('new@example.com', 'secret')")
  },
  {
    what: 'A string in a calculation is not a number',
    response: 'malformed',
    run: ({ db }) => db.query("update users set age = 'secret' + 1")
  },
  { what: 'The SQL is invalid', response: 'fault', run: ({ db }) => db.query('selec secret') },
  { what: 'A table is missing', response: 'fault', run: ({ db }) => db.query('select * from secrets') }
]

export const outages: ReadonlyArray<Case<MysqlWorld>> = [
  {
    what: 'Two transactions wait for each other (deadlock)',
    response: 'concurrent',
    run: ({ open }) => withConnections(open, [one, one], async (first, second) => {
      await first?.query('begin')
      await second?.query('begin')
      await first?.query('update users set born = now() where id = 1')
      await second?.query('update users set born = now() where id = 2')
      await Promise.all([
        first?.query('update users set born = now() where id = 2'),
        second?.query('update users set born = now() where id = 1')
      ])
    })
  },
  {
    what: 'A lock is not released in time (`innodb_lock_wait_timeout`)',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [one, one], async (first, second) => {
      await first?.query('begin')
      await first?.query('update users set born = now() where id = 1')
      await second?.query('select id from users where id = 1 for update nowait')
    })
  },
  {
    what: 'A statement takes too long (`max_statement_time`)',
    response: 'unavailable',
    run: ({ db }) => db.query('set statement max_statement_time = 0.02 for select sleep(1)')
  },
  {
    what: 'A statement takes longer than the `timeout` in the driver',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [one], db => db.query('select sleep(0.3)', 20))
  },
  {
    what: 'No pool connection is available',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [{ max: 1, wait: 200 }], async pool => {
      await pool?.query('select 1')
      const busy = pool?.query('select sleep(0.6)')
      try {
        await pool?.query('select 1')
      } finally {
        await busy
      }
    })
  },
  {
    what: 'The user has reached the connection limit',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [{ ...one, user: 'crowded' }, { ...one, user: 'crowded' }], async (first, second) => {
      await first?.query('select 1')
      await second?.query('select 1')
    })
  },
  {
    what: 'The server refuses the connection',
    response: 'unavailable',
    run: ({ open, closedPort }) => withConnections(open, [{ port: closedPort, wait: 300 }], db => db.query('select 1'))
  },
  {
    what: 'The host name of the server cannot be resolved',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [{ host: 'secret.invalid', wait: 300 }], db => db.query('select 1'))
  },
  {
    what: 'The server does not respond in time',
    response: 'unavailable',
    run: ({ open, silentPort }) => withConnections(open, [{ port: silentPort, wait: 100 }], db => db.query('select 1'))
  },
  {
    what: 'The connection is ended by the server (`KILL`)',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [one], db => db.query('kill connection_id()'))
  },
  {
    what: 'The pool is closed',
    response: 'unavailable',
    async run ({ open }) {
      const db = await open()
      await db.query('select 1')
      await db.close()
      await db.query('select 1')
    }
  },
  {
    what: 'The password is wrong',
    response: 'fault',
    run: ({ open }) => withConnections(open, [{ password: 'wrong secret', wait: 300 }], db => db.query('select 1'))
  },
  {
    what: 'The database does not exist',
    response: 'fault',
    run: ({ open }) => withConnections(open, [{ database: 'secrets', wait: 300 }], db => db.query('select 1'))
  }
]

export const death: ReadonlyArray<Case<MysqlWorld>> = [
  { what: 'The server crashes during a query', response: 'unavailable', run: ({ db }) => db.query('select sleep(30)') },
  { what: 'The server has shut down', response: 'unavailable', run: ({ db }) => db.query('select 1') }
]

/** A driver whose connections are opened on a server. */
export interface MysqlSource extends Source<MysqlWorld> {
  readonly open: (port: number) => Open
}

const root = { host: '127.0.0.1', user: 'root', database: 'app' }

export const mysql2Source: MysqlSource = {
  name: 'mysql2',
  cases: [...violations, ...outages, ...death],
  open: port => async (settings = {}) => {
    const { max = 5, wait = 5_000, ...other } = settings
    // It waits for a free connection without a time limit, or not at all.
    const pool = mysql.createPool({ ...root, port, ...other, connectionLimit: max, connectTimeout: wait, waitForConnections: settings.wait === undefined })
    let ended: Promise<void> | undefined
    return {
      query: (sql, timeout) => pool.query(timeout === undefined ? { sql } : { sql, timeout }),
      async close () {
        await (ended ??= pool.end())
      }
    }
  }
}

export const mariadbSource: MysqlSource = {
  name: 'mariadb',
  cases: [...violations, ...outages, ...death],
  open: port => async (settings = {}) => {
    const { max = 5, wait = 1_000, ...other } = settings
    const pool = mariadb.createPool({ ...root, port, ...other, connectionLimit: max, acquireTimeout: wait, initializationTimeout: wait, connectTimeout: wait - 50 })
    let ended: Promise<void> | undefined
    return {
      query: (sql, timeout) => pool.query(timeout === undefined ? { sql } : { sql, timeout }),
      async close () {
        await (ended ??= pool.end())
      }
    }
  }
}
