/** The failures of SQLite. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseOptions } from 'fastify-api-errors'
import type { Case, Source } from './case.js'

const schema = `
  create table users (
    id integer primary key, email text not null unique, name text, age integer check (age > 0), team_id integer,
    constraint short_name check (length(name) < 11), unique (team_id, name)
  );
  create table countries (id integer primary key, name text);
  create unique index one_country on countries (lower(name));
  create table orders (id integer primary key, user_id integer references users (id));
  create table invoices (id integer primary key, user_id integer references users (id) on delete restrict);
  create table counters (id integer primary key, count integer) strict;
  create trigger no_thirteen before insert on orders when new.id = 13 begin select raise(abort, 'secret of a trigger'); end;
  insert into users (id, email, name, team_id) values (1, 'ada@example.com', 'ada', 1), (2, 'bob@example.com', 'bob', 1);
  insert into countries (name) values ('Ghana');
  insert into orders (user_id) values (1);
  insert into invoices (user_id) values (2);
`

/** The `database` option of the application. */
export const database: DatabaseOptions = {
  constraints: {
    one_country: { field: 'country', message: 'The country already exists.' },
    short_name: { field: 'name', message: 'The name is too long.' },
    'users.team_id, users.name': { field: 'team' }
  }
}

/** One connection. */
export interface Connection {
  readonly run: (sql: string) => void
  readonly close: () => void
}

export interface SqliteWorld {
  readonly db: Connection
  /** Another connection to the same file, which does not wait for locks. */
  readonly open: () => Connection
}

/** Runs a function with two separate connections. */
async function withTwo ({ open }: SqliteWorld, run: (first: Connection, second: Connection) => void): Promise<void> {
  const [first, second] = [open(), open()]
  try {
    run(first, second)
  } finally {
    first.close()
    second.close()
  }
}

export const cases: ReadonlyArray<Case<SqliteWorld>> = [
  {
    what: 'A unique value is already taken',
    response: 'unique',
    fields: ['email'],
    run: async ({ db }) => db.run("insert into users (email) values ('ada@example.com')")
  },
  {
    what: 'A primary key is already taken',
    response: 'unique',
    fields: ['id'],
    run: async ({ db }) => db.run("insert into users (id, email) values (1, 'new@example.com')")
  },
  {
    what: 'A unique combination of values is already taken, and the `database` option names the columns',
    response: 'unique',
    fields: ['team'],
    run: async ({ db }) => db.run("insert into users (email, team_id, name) values ('new@example.com', 1, 'ada')")
  },
  {
    what: 'A unique expression index is violated, and the `database` option names the index',
    response: 'unique',
    fields: ['country'],
    message: 'The country already exists.',
    run: async ({ db }) => db.run("insert into countries (name) values ('GHANA')")
  },
  {
    what: 'A foreign key refers to a record that does not exist',
    response: 'unknown_reference',
    run: async ({ db }) => db.run('insert into orders (user_id) values (77)')
  },
  {
    what: 'A DELETE request deletes a record although other records refer to it',
    response: 'still_referenced',
    method: 'DELETE',
    run: async ({ db }) => db.run('delete from users where id = 1')
  },
  {
    what: 'A record is deleted although other records refer to it with ON DELETE RESTRICT',
    response: 'still_referenced',
    run: async ({ db }) => db.run('delete from users where id = 2')
  },
  {
    what: 'A required value is missing',
    response: 'missing',
    fields: ['email'],
    run: async ({ db }) => db.run("insert into users (name) values ('eve')")
  },
  {
    what: 'A check constraint fails',
    response: 'check',
    run: async ({ db }) => db.run("insert into users (email, age) values ('new@example.com', -1)")
  },
  {
    what: 'A check constraint fails, and the `database` option names it',
    response: 'check',
    fields: ['name'],
    message: 'The name is too long.',
    run: async ({ db }) => db.run("insert into users (email, name) values ('new@example.com', 'secret secret')")
  },
  {
    what: 'A trigger rejects a record',
    response: 'check',
    run: async ({ db }) => db.run('insert into orders (id) values (13)')
  },
  {
    what: 'A string is not a number (STRICT table)',
    response: 'malformed',
    fields: ['count'],
    run: async ({ db }) => db.run("insert into counters (count) values ('secret')")
  },
  {
    what: 'A string is not a row id',
    response: 'malformed',
    run: async ({ db }) => db.run("insert into orders (id) values ('secret')")
  },
  {
    what: 'A value is larger than SQLite allows',
    response: 'too_long',
    run: async ({ db }) => db.run('select zeroblob(2000000000)')
  },
  {
    what: 'Two transactions write the same row',
    response: 'concurrent',
    run: world => withTwo(world, (first, second) => {
      first.run('begin')
      first.run('select id from users')
      second.run("update users set name = 'bea' where id = 2")
      first.run("update users set name = 'bev' where id = 2")
    })
  },
  {
    what: 'A lock is not released in time',
    response: 'unavailable',
    run: world => withTwo(world, (first, second) => {
      first.run('begin immediate')
      second.run('begin immediate')
    })
  },
  { what: 'The SQL is invalid', response: 'fault', run: async ({ db }) => db.run('selec secret') },
  { what: 'A table is missing', response: 'fault', run: async ({ db }) => db.run('select * from secrets') }
]

/** A driver, and how it opens a file. */
export interface SqliteSource extends Source<SqliteWorld> {
  readonly open: (path: string) => Connection
}

const require = createRequire(import.meta.url)

/** The part of better-sqlite3 that the tests use. The package has no types. */
type BetterSqlite = new (path: string, options: { readonly timeout: number }) => {
  readonly pragma: (text: string) => unknown
  readonly prepare: (sql: string) => { readonly reader: boolean, readonly all: () => unknown, readonly run: () => unknown }
  readonly close: () => void
}

export const betterSqliteSource: SqliteSource = {
  name: 'better-sqlite3',
  cases,
  open (path) {
    const Database = require('better-sqlite3') as BetterSqlite
    const db = new Database(path, { timeout: 0 })
    db.pragma('foreign_keys = on')
    return {
      run (sql) {
        const statement = db.prepare(sql)
        if (statement.reader) statement.all()
        else statement.run()
      },
      close: () => db.close()
    }
  }
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => {
    readonly exec: (sql: string) => void
    readonly prepare: (sql: string) => { readonly all: () => unknown }
    readonly close: () => void
  }
}

/** The SQLite that Node has since version 22. */
export const nodeSqliteSource: SqliteSource = {
  name: 'node:sqlite',
  cases,
  open (path) {
    const { DatabaseSync } = require('node:sqlite') as NodeSqlite
    const db = new DatabaseSync(path)
    db.exec('pragma foreign_keys = on')
    return { run: sql => { db.prepare(sql).all() }, close: () => db.close() }
  }
}

/** A database in a separate file. */
export function openSqlite ({ open }: SqliteSource): SqliteWorld & { readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-'))
  const path = join(folder, 'app.db')
  const db = open(path)
  db.run('pragma journal_mode = wal')
  for (const sql of schema.split(/;\n/)) if (sql.trim() !== '') db.run(sql)
  return {
    db,
    open: () => open(path),
    remove () {
      db.close()
      rmSync(folder, { recursive: true })
    }
  }
}
