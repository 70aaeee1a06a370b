/** The failures of Postgres. */
import type { DatabaseOptions } from 'fastify-api-errors'
import type { PostgresAddress } from '../../../helpers/postgres.js'
import type { Case } from './case.js'

/** The tables for every source. Constraints have Postgres's default names. */
export const schema = `
  create table users (
    id serial primary key, email text not null unique, name varchar(10), age smallint check (age > 0), team_id int, born date, unique (team_id, name)
  );
  create table orders (id serial primary key, user_id int references users (id));
  create table invoices (id serial primary key, user_id int references users (id) on delete restrict);
  create table employees (id serial primary key, manager_id int references employees (id));
  create table members (id serial primary key, "displayName" text, constraint one_name unique ("displayName"));
  create table countries (id serial primary key, name text);
  create unique index on countries (lower(name));
  create table bookings (id serial primary key, days int4range, exclude using gist (days with &&));
  insert into users (email, name, team_id) values ('ada@example.com', 'ada', 1), ('bob@example.com', 'bob', 1), ('cy@example.com', 'cy', 2);
  insert into orders (user_id) values (1);
  insert into invoices (user_id) values (2);
  insert into employees (manager_id) values (null), (1);
  insert into members ("displayName") values ('grace');
  insert into countries (name) values ('Ghana');
  insert into bookings (days) values ('[1,5)');
`

/** The `database` option of the application. */
export const database: DatabaseOptions = {
  constraints: {
    one_name: { field: 'profile.name', message: 'Another user has this name.' },
    invoices_user_id_fkey: { field: 'user', message: 'Specify the user to bill.', onDelete: 'The user has invoices.' }
  }
}

/** The target and the limits of a connection. */
export interface OpenSettings extends PostgresAddress {
  /** The number of connections in the pool. */
  readonly max?: number
  /** Milliseconds to wait for a connection. */
  readonly wait?: number
}

/** A database through one driver or ORM. */
export interface World {
  /** Runs SQL. */
  readonly query: (sql: string) => Promise<unknown>
  /** Writes and deletes in the usual way of the driver or ORM. */
  readonly createUser: (user: Readonly<Record<string, unknown>>) => Promise<unknown>
  readonly createOrder: (order: Readonly<Record<string, unknown>>) => Promise<unknown>
  readonly deleteUser: (id: number) => Promise<unknown>
  /** Actions that only this driver or ORM has, by the name of the case. */
  readonly own?: Readonly<Record<string, () => Promise<unknown>>>
  readonly close: () => Promise<void>
}

/** A way to access Postgres. */
export type Open = (settings?: OpenSettings) => Promise<World>

/** The database of a case, and a way to open separate connections. */
export interface PostgresWorld {
  readonly db: World
  readonly open: Open
  /** A port without a server, and a port with a server that never responds. */
  readonly closedPort: number
  readonly silentPort: number
}

/** The write operations of a driver that accepts SQL. */
export function writesOf (query: World['query']): Pick<World, 'query' | 'createUser' | 'createOrder' | 'deleteUser'> {
  return {
    query,
    createUser: user => query(insertOf('users', user)),
    createOrder: order => query(insertOf('orders', order)),
    deleteUser: id => query(`delete from users where id = ${id}`)
  }
}

function insertOf (table: string, row: Readonly<Record<string, unknown>>): string {
  const values = Object.values(row).map(value => typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value))
  return `insert into ${table} (${Object.keys(row).join(', ')}) values (${values.join(', ')})`
}

/** Runs a function with separate connections, and always closes them. */
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

/** A slow statement. */
export const sleep = (seconds: number): string => `select 1 as slept from pg_sleep(${seconds})`

export const violations: ReadonlyArray<Case<PostgresWorld>> = [
  {
    what: 'A unique value is already taken',
    response: 'unique',
    fields: ['email'],
    body: { email: 'ada@example.com' },
    run: ({ db }, body) => db.createUser(body)
  },
  {
    what: 'A unique combination of values is already taken',
    response: 'unique',
    fields: ['team_id', 'name'],
    body: { email: 'new@example.com', team_id: 1, name: 'ada' },
    run: ({ db }, body) => db.createUser(body)
  },
  {
    what: 'A unique expression index is violated',
    response: 'unique',
    body: { name: 'GHANA' },
    run: ({ db }) => db.query("insert into countries (name) values ('GHANA')")
  },
  {
    what: 'A unique value is already taken, and the `database` option names the constraint',
    response: 'unique',
    fields: ['profile.name'],
    message: 'Another user has this name.',
    run: ({ db }) => db.query('insert into members ("displayName") values (\'grace\')')
  },
  {
    what: 'A foreign key refers to a record that does not exist',
    response: 'unknown_reference',
    fields: ['user_id'],
    body: { user_id: 77 },
    run: ({ db }, body) => db.createOrder(body)
  },
  {
    what: 'A foreign key refers to a record in the same table that does not exist',
    response: 'unknown_reference',
    fields: ['manager_id'],
    body: { manager_id: 77 },
    run: ({ db }) => db.query('insert into employees (manager_id) values (77)')
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
    run: ({ db }) => db.deleteUser(1)
  },
  {
    what: 'A record is deleted although other records in the same table refer to it',
    response: 'still_referenced',
    run: ({ db }) => db.query('delete from employees where id = 1')
  },
  {
    what: 'A record is deleted although other records refer to it, and the `database` option names the foreign key',
    response: 'still_referenced',
    message: 'The user has invoices.',
    run: ({ db }) => db.deleteUser(2)
  },
  {
    what: 'A required value is missing',
    response: 'missing',
    fields: ['email'],
    run: ({ db }) => db.query("insert into users (name) values ('eve')")
  },
  {
    what: 'A check constraint fails',
    response: 'check',
    fields: ['age'],
    body: { email: 'new@example.com', age: -1 },
    run: ({ db }, body) => db.createUser(body)
  },
  {
    what: 'A check constraint fails that does not concern a field in the body',
    response: 'check',
    body: { user: { age: -1 } },
    run: ({ db }) => db.createUser({ email: 'new@example.com', age: -1 })
  },
  {
    what: 'A string is too long',
    response: 'too_long',
    body: { email: 'new@example.com', name: 'secret secret secret' },
    run: ({ db }, body) => db.createUser(body)
  },
  {
    what: 'A number is out of range',
    response: 'out_of_range',
    body: { email: 'new@example.com', age: 99_999 },
    run: ({ db }, body) => db.createUser(body)
  },
  {
    what: 'A string is invalid for the type of its column',
    response: 'malformed',
    run: ({ db }) => db.query("select 'secret'::uuid as id")
  },
  {
    what: 'A string is not a date',
    response: 'malformed',
    run: ({ db }) => db.query("update users set born = 'secret'")
  },
  {
    what: 'An exclusion constraint fails',
    response: 'overlap',
    run: ({ db }) => db.query("insert into bookings (days) values ('[4,6)')")
  },
  {
    what: 'The SQL is invalid',
    response: 'fault',
    run: ({ db }) => db.query('selec secret')
  },
  {
    what: 'A table is missing',
    response: 'fault',
    run: ({ db }) => db.query('select * from secrets')
  }
]

export const outages: ReadonlyArray<Case<PostgresWorld>> = [
  {
    what: 'Two transactions write the same row (serialization failure)',
    response: 'concurrent',
    run: ({ open }) => withConnections(open, [one, one], async (first, second) => {
      await first?.query('begin isolation level repeatable read')
      await first?.query('select id from users')
      await second?.query("update users set name = 'cid' where id = 3")
      await first?.query("update users set name = 'cyd' where id = 3")
    })
  },
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
    what: 'A lock is not released in time (`lock_timeout`)',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [one, one], async (first, second) => {
      await first?.query('begin')
      await first?.query('update users set born = now() where id = 1')
      await second?.query('set lock_timeout = 20')
      await second?.query('update users set born = now() where id = 1')
    })
  },
  {
    what: 'A statement takes too long (`statement_timeout`)',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [one], async connection => {
      await connection?.query('set statement_timeout = 20')
      await connection?.query(sleep(1))
    })
  },
  {
    what: 'No pool connection becomes available in time',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [{ max: 1, wait: 200 }], async pool => {
      await pool?.query('select 1 as warm')
      const busy = pool?.query(sleep(0.6))
      try {
        await pool?.query('select 1 as late')
      } finally {
        await busy
      }
    })
  },
  {
    what: 'The server has reached its connection limit',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [{ user: 'crowded' }], db => db.query('select 1 as one'))
  },
  {
    what: 'The server refuses the connection',
    response: 'unavailable',
    run: ({ open, closedPort }) => withConnections(open, [{ port: closedPort, wait: 2_000 }], db => db.query('select 1 as one'))
  },
  {
    what: 'The host name of the server cannot be resolved',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [{ host: 'secret.invalid' }], db => db.query('select 1 as one'))
  },
  {
    what: 'The server does not respond in time',
    response: 'unavailable',
    run: ({ open, silentPort }) => withConnections(open, [{ host: '127.0.0.1', port: silentPort, wait: 100 }], db => db.query('select 1 as one'))
  },
  {
    what: 'The connection is ended by the server (`pg_terminate_backend`)',
    response: 'unavailable',
    run: ({ open }) => withConnections(open, [one], db => db.query('select pg_terminate_backend(pg_backend_pid()) as gone'))
  },
  {
    what: 'The pool is closed',
    response: 'unavailable',
    async run ({ open }) {
      const db = await open()
      await db.query('select 1 as one')
      await db.close()
      await db.query('select 1 as one')
    }
  },
  {
    what: 'The password is wrong',
    response: 'fault',
    run: ({ open }) => withConnections(open, [{ password: 'wrong secret' }], db => db.query('select 1 as one'))
  },
  {
    what: 'The database does not exist',
    response: 'fault',
    run: ({ open }) => withConnections(open, [{ database: 'secrets' }], db => db.query('select 1 as one'))
  }
]

/** A case that only one source has. */
export function ownCase (given: Omit<Case<PostgresWorld>, 'run'>): Case<PostgresWorld> {
  return { ...given, run: async ({ db }) => (db.own as NonNullable<World['own']>)[given.what]?.() }
}

/** The last cases, because they end the server. */
export const death: ReadonlyArray<Case<PostgresWorld>> = [
  { what: 'The server crashes during a query', response: 'unavailable', run: ({ db }) => db.query(sleep(30)) },
  { what: 'The server has shut down', response: 'unavailable', run: ({ db }) => db.query('select 1 as one') }
]
