/**
 * Errors that were recorded from servers and drivers that are not always available on a test machine: Postgres in another
 * language, MySQL 8, MariaDB, node:sqlite, sqlite3, and other adapters of Prisma.
 */
import type { DatabaseOptions } from 'fastify-api-errors'
import type { Case } from './case.js'

type Recorded = Omit<Case<undefined>, 'run'> & { readonly error: Readonly<Record<string, unknown>> }

/** Cases that throw recorded errors. */
export function replay (recorded: readonly Recorded[]): ReadonlyArray<Case<undefined>> {
  return recorded.map(({ error, ...given }) => ({
    ...given,
    run: async () => { throw Object.assign(new Error(String(error.message)), error) }
  }))
}

export const database: DatabaseOptions = {
  constraints: {
    orders_user_id_fkey: { field: 'user', message: 'Name a user who exists.', onDelete: 'The user has orders.' },
    users_age_check: { field: 'age' },
    users_email_key: { message: 'Email already registered' },
    'users.email': { field: 'email', message: 'Email already registered' }
  }
}

const violation = { name: 'error', severity: 'FEHLER', code: '23503', table: 'orders', constraint: 'orders_user_id_fkey' }

/** Postgres's messages for a foreign key, in the order of names in each language: writing, then deleting. */
const foreignKeyMessages: ReadonlyArray<readonly [language: string, writing: string, deleting: string]> = [
  ['German', 'Einfügen oder Aktualisieren in Tabelle »orders« verletzt Fremdschlüssel-Constraint »orders_user_id_fkey«', 'Aktualisieren oder Löschen in Tabelle »users« verletzt Fremdschlüssel-Constraint »orders_user_id_fkey« von Tabelle »orders«'],
  ['French', 'une instruction insert ou update sur la table « orders » viole la contrainte de clé\nétrangère « orders_user_id_fkey »', 'UPDATE ou DELETE sur la table « users » viole la contrainte de clé étrangère « orders_user_id_fkey » de la table « orders »'],
  ['Japanese', 'テーブル"orders"への挿入、更新は外部キー制約"orders_user_id_fkey"に違反しています', 'テーブル"users"の更新または削除は、テーブル"orders"の外部キー制約"orders_user_id_fkey"に違反します'],
  ['Korean', '"orders" 테이블에서 자료 추가, 갱신 작업이 "orders_user_id_fkey" 참조키(foreign key) 제약 조건을 위배했습니다', '"users" 테이블의 자료 갱신, 삭제 작업이 "orders_user_id_fkey" 참조키(foreign key) 제약 조건 - "orders" 테이블 - 을 위반했습니다'],
  ['Chinese', '插入或更新表 "orders" 违反外键约束 "orders_user_id_fkey"', '在 "users" 上的更新或删除操作违反了在 "orders" 上的外键约束 "orders_user_id_fkey"']
]

export const postgres: readonly Recorded[] = [
  ...foreignKeyMessages.flatMap(([language, writing, deleting]): Recorded[] => [
    { what: `A foreign key refers to a record that does not exist, in ${language}`, response: 'unknown_reference', fields: ['user'], message: 'Name a user who exists.', error: { ...violation, message: writing } },
    { what: `A record is deleted although other records refer to it, in ${language}`, response: 'still_referenced', message: 'The user has orders.', error: { ...violation, message: deleting } }
  ]),
  {
    what: 'A unique value is already taken, in German, and the `database` option has a message for it',
    response: 'unique',
    fields: ['email'],
    message: 'Email already registered',
    error: { severity: 'FEHLER', code: '23505', constraint: 'users_email_key', detail: 'Schlüssel »(email)=(ada@example.com)« existiert bereits.', message: 'doppelter Schlüsselwert verletzt Unique-Constraint »users_email_key«' }
  },
  {
    what: 'A unique value is already taken, and the name of its column needs quotes',
    response: 'unique',
    fields: ['displayName', 'team_id'],
    error: { severity: 'ERROR', code: '23505', constraint: 'UQ_7d4f', detail: 'Key ("displayName", team_id)=(ada, 1) already exists.', message: 'duplicate key value violates unique constraint "UQ_7d4f"' }
  },
  {
    what: 'A unique value is already taken, and there is no detail because the user may not read the table',
    response: 'unique',
    fields: ['name'],
    body: { name: 'ada' },
    error: { severity: 'ERROR', code: '23505', table: 'users', constraint: 'users_name_key', message: 'duplicate key value violates unique constraint "users_name_key"' }
  },
  {
    what: 'A unique value is already taken, there is no detail, and the request has no body',
    response: 'unique',
    fields: ['name'],
    body: null,
    error: { severity: 'ERROR', code: '23505', table: 'users', constraint: 'users_name_key', message: 'duplicate key value violates unique constraint "users_name_key"' }
  },
  {
    what: 'A unique value is already taken, and the constraint has the name of its table',
    response: 'unique',
    error: { severity: 'ERROR', code: '23505', table: 'users', constraint: 'users__key', message: 'duplicate key value violates unique constraint "users__key"' }
  },
  {
    what: 'A constraint has the name of a property of Object.prototype',
    response: 'unique',
    error: { severity: 'ERROR', code: '23505', table: 'users', constraint: 'constructor', message: 'duplicate key value violates unique constraint "constructor"' }
  },
  {
    what: 'A foreign key fails, without a message',
    response: 'unknown_reference',
    error: { severity: 'ERROR', code: '23503', message: '' }
  },
  {
    what: 'Postgres refuses the connection on its port, through a mapper that passes on Node\'s error',
    response: 'unavailable',
    error: { code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address: '127.0.0.1', port: 5432, message: 'connect ECONNREFUSED 127.0.0.1:5432' }
  },
  {
    what: 'The connection is lost, in Knex\'s words',
    response: 'unavailable',
    error: { message: 'select * from "users" - Connection terminated unexpectedly' }
  },
  { what: 'An error of the driver has no message', response: 'fault', error: { code: 'EUNKNOWN', message: undefined } }
]

const mariadb = { sqlState: '23000' }

export const mysql: readonly Recorded[] = [
  {
    what: 'MySQL 8 puts the table before the key',
    response: 'unique',
    fields: ['email'],
    body: { email: 'ada@example.com' },
    error: { errno: 1062, code: 'ER_DUP_ENTRY', ...mariadb, sqlMessage: "Duplicate entry 'ada@example.com' for key 'users.email'", message: "Duplicate entry 'ada@example.com' for key 'users.email'" }
  },
  {
    what: 'A primary key is already taken',
    response: 'unique',
    error: { errno: 1062, ...mariadb, sqlMessage: "Duplicate entry '1' for key 'PRIMARY'", message: '' }
  },
  {
    what: 'A key without a name is already taken',
    response: 'unique',
    error: { errno: 1022, ...mariadb, sqlMessage: "Can't write; duplicate key in table 'users'", message: '' }
  },
  {
    what: 'A check constraint fails, in MySQL 8, and the `database` option names it',
    response: 'check',
    fields: ['age'],
    error: { errno: 3819, code: 'ER_CHECK_CONSTRAINT_VIOLATED', sqlState: 'HY000', sqlMessage: "Check constraint 'users_age_check' is violated.", message: '' }
  },
  {
    what: 'A check constraint with the name of a column fails, in MariaDB',
    response: 'check',
    fields: ['age'],
    body: { age: -1 },
    error: { errno: 4025, code: 'ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE', ...mariadb, sqlMessage: 'CONSTRAINT `users.age` failed for `app`.`users`', message: '' }
  },
  {
    what: 'MySQL 8 has the same number for something else',
    response: 'fault',
    error: { errno: 4025, code: 'ER_INNODB_AUTOEXTEND_SIZE_OUT_OF_RANGE', sqlState: 'HY000', sqlMessage: 'AUTOEXTEND_SIZE should be between 4M and 64M', message: '' }
  },
  {
    what: 'A foreign key refers to a record that does not exist',
    response: 'unknown_reference',
    fields: ['user_id'],
    error: { errno: 1452, ...mariadb, sqlMessage: 'Cannot add or update a child row: a foreign key constraint fails (`app`.`orders`, CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`))', message: '' }
  },
  {
    what: 'A foreign key refers to a record that does not exist, and the user may not see which',
    response: 'unknown_reference',
    error: { errno: 1452, ...mariadb, sqlMessage: 'Cannot add or update a child row: a foreign key constraint fails', message: '' }
  },
  {
    what: 'A record is deleted although other records refer to it',
    response: 'still_referenced',
    message: 'The user has orders.',
    error: { errno: 1451, ...mariadb, sqlMessage: 'Cannot delete or update a parent row: a foreign key constraint fails (`app`.`orders`, CONSTRAINT `orders_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`))', message: '' }
  },
  {
    what: 'A string is not a number, in MySQL 8',
    response: 'malformed',
    fields: ['age'],
    error: { errno: 1366, sqlState: 'HY000', sqlMessage: "Incorrect integer value: 'secret' for column 'age' at row 1", message: '' }
  },
  {
    what: 'A string in a calculation is not a number',
    response: 'malformed',
    error: { errno: 1292, sqlState: '22007', sqlMessage: "Truncated incorrect DOUBLE value: 'secret'", message: '' }
  },
  { what: 'A string is too long', response: 'too_long', fields: ['name'], error: { errno: 1406, sqlState: '22001', sqlMessage: "Data too long for column 'name' at row 1", message: '' } },
  { what: 'The password is wrong', response: 'fault', error: { errno: 1045, sqlState: '28000', sqlMessage: "Access denied for user 'secret'@'localhost'", message: '' } },
  { what: 'An error without a message', response: 'unique', error: { errno: 1062, sqlState: '23000', message: '' } },
  { what: 'The connection is lost, in mysql2\'s words', response: 'unavailable', error: { code: 'PROTOCOL_CONNECTION_LOST', fatal: true, message: 'Connection lost: The server closed the connection.' } },
  { what: 'The connection is refused', response: 'unavailable', error: { code: 'ECONNREFUSED', errno: -111, fatal: true, message: 'connect ECONNREFUSED 127.0.0.1:3306' } }
]

export const sqlite: readonly Recorded[] = [
  {
    what: 'A unique value is already taken, and the `database` option has a message for its column',
    response: 'unique',
    fields: ['email'],
    message: 'Email already registered',
    error: { code: 'ERR_SQLITE_ERROR', errcode: 2067, errstr: 'constraint failed', message: 'UNIQUE constraint failed: users.email' }
  },
  { what: 'A required value is missing', response: 'missing', fields: ['name'], error: { code: 'ERR_SQLITE_ERROR', errcode: 1299, message: 'NOT NULL constraint failed: users.name' } },
  {
    what: 'A required value is missing, and the `database` option has a message for the unique constraint of its column',
    response: 'missing',
    fields: ['email'],
    error: { code: 'ERR_SQLITE_ERROR', errcode: 1299, message: 'NOT NULL constraint failed: users.email' }
  },
  { what: 'The SQL is invalid', response: 'fault', error: { code: 'ERR_SQLITE_ERROR', errcode: 1, message: 'near "selec": syntax error' } },
  { what: 'A lock is not released in time', response: 'unavailable', error: { code: 'ERR_SQLITE_ERROR', errcode: 5, message: 'database is locked' } },
  // The driver sqlite3 has one code for all constraints.
  ...([
    { what: 'A unique value is already taken', response: 'unique', fields: ['email'], message: 'Email already registered', text: 'UNIQUE constraint failed: users.email' },
    { what: 'A unique combination of values is already taken', response: 'unique', fields: ['team_id', 'name'], text: 'UNIQUE constraint failed: users.team_id, users.name' },
    { what: 'A unique expression index is violated', response: 'unique', text: "UNIQUE constraint failed: index 'one_country'" },
    { what: 'A foreign key refers to a record that does not exist', response: 'unknown_reference', text: 'FOREIGN KEY constraint failed' },
    { what: 'A required value is missing', response: 'missing', fields: ['email'], text: 'NOT NULL constraint failed: users.email' },
    { what: 'A check constraint fails', response: 'check', text: 'CHECK constraint failed: age > 0' },
    { what: 'A trigger rejects a record', response: 'check', text: 'secret of a trigger' },
    { what: 'A string is not a number (STRICT table)', response: 'malformed', fields: ['count'], text: 'cannot store TEXT value in INTEGER column counters.count' }
  ] as const).map(({ what, text, ...given }): Recorded => ({
    ...given, what: `${what}, with the driver sqlite3`, error: { errno: 19, code: 'SQLITE_CONSTRAINT', message: `SQLITE_CONSTRAINT: ${text}` }
  })),
  { what: 'The SQL is invalid, with the driver sqlite3', response: 'fault', error: { errno: 1, code: 'SQLITE_ERROR', message: 'SQLITE_ERROR: near "selec": syntax error' } },
  // Knex puts the statement with its values before the message.
  ...(['SQLITE_CONSTRAINT', 'SQLITE_CONSTRAINT_UNIQUE'] as const).map((code): Recorded => ({
    what: `A unique value that contains a message of SQLite is already taken, with Knex: ${code}`,
    response: 'unique',
    fields: ['email'],
    message: 'Email already registered',
    error: { code, message: "insert into `users` (`email`, `password`) values ('UNIQUE constraint failed: b', 'secret') - UNIQUE constraint failed: users.email" }
  })),
  {
    what: 'A string that contains a message of SQLite is not a number (STRICT table), with Knex',
    response: 'malformed',
    fields: ['count'],
    error: { code: 'SQLITE_CONSTRAINT_DATATYPE', message: "insert into `counters` (`count`, `key`) values ('cannot store TEXT value in INTEGER column a', 'secret') - cannot store TEXT value in INTEGER column counters.count" }
  },
  {
    what: 'A record is deleted although other records refer to it with ON DELETE RESTRICT, with Knex',
    response: 'still_referenced',
    error: { code: 'SQLITE_CONSTRAINT_TRIGGER', message: 'delete from `users` where `id` = 2 - FOREIGN KEY constraint failed' }
  },
  { what: 'An error without a message, with the number of the code', response: 'unique', error: { code: 'ERR_SQLITE_ERROR', errcode: 2067, message: '' } },
  { what: 'An error without a message, with the name of the code', response: 'unique', error: { code: 'SQLITE_CONSTRAINT_UNIQUE', message: '' } }
]

const prismaError = (code: string, cause?: object): Record<string, unknown> => ({
  name: 'PrismaClientKnownRequestError', code, message: 'Invalid `prisma.user.create()` invocation in /app/secret.ts', meta: cause === undefined ? undefined : { modelName: 'User', driverAdapterError: { name: 'DriverAdapterError', cause } }
})

export const prisma: readonly Recorded[] = [
  {
    what: 'A unique value is already taken, in MariaDB',
    response: 'unique',
    fields: ['email'],
    body: { email: 'ada@example.com' },
    error: prismaError('P2002', { kind: 'UniqueConstraintViolation', originalCode: '1062', originalMessage: "Duplicate entry 'ada@example.com' for key 'users.email'", constraint: { index: 'email' } })
  },
  {
    what: 'A check constraint fails, in MariaDB',
    response: 'check',
    fields: ['age'],
    body: { age: -1 },
    error: prismaError('P2039', { kind: 'mysql', code: 4025, state: '23000', originalCode: '4025', originalMessage: 'CONSTRAINT `age` failed for `app`.`users`' })
  },
  {
    what: 'A unique value is already taken, in SQLite',
    response: 'unique',
    fields: ['email'],
    message: 'Email already registered',
    error: prismaError('P2002', { kind: 'UniqueConstraintViolation', originalCode: 'SQLITE_CONSTRAINT_UNIQUE', originalMessage: 'UNIQUE constraint failed: users.email', constraint: { fields: ['email'] } })
  },
  {
    what: 'A unique value is already taken, and the adapter names only the columns',
    response: 'unique',
    fields: ['team_id', 'name'],
    error: prismaError('P2002', { kind: 'UniqueConstraintViolation', constraint: { fields: ['team_id', 'name'] } })
  },
  {
    what: 'A unique value is already taken, and the adapter names only the constraint',
    response: 'unique',
    message: 'Email already registered',
    error: prismaError('P2002', { kind: 'UniqueConstraintViolation', constraint: { index: 'users_email_key' } })
  },
  {
    what: 'A foreign key fails, and the adapter does not say which way, of a request that writes',
    response: 'unknown_reference',
    error: prismaError('P2003', { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } })
  },
  {
    what: 'A foreign key fails, and the adapter does not say which way, of a DELETE request',
    response: 'still_referenced',
    method: 'DELETE',
    error: prismaError('P2003', { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } })
  },
  { what: 'The adapter passes on a code of another database', response: 'unique', error: prismaError('P2002', { kind: 'UniqueConstraintViolation', originalCode: '2627' }) },
  { what: 'A key is not an ObjectId', response: 'malformed', error: { ...prismaError('P2023'), message: 'Inconsistent column data: Malformed ObjectID: invalid character was found at index 0.' } },
  { what: 'A key is not a UUID', response: 'malformed', error: { ...prismaError('P2023'), message: 'Inconsistent column data: Error creating UUID, invalid character: found `q` at 1' } },
  { what: 'A record does not match the Prisma schema', response: 'fault', error: { ...prismaError('P2023'), message: 'Inconsistent column data: Could not convert from `a` to `Int`.' } },
  { what: 'A number has more than 64 bits', response: 'out_of_range', error: prismaError('P2033') },
  { what: 'The pool has no connection in time, without an adapter', response: 'unavailable', error: prismaError('P2024') },
  { what: 'The client cannot start', response: 'fault', error: { name: 'PrismaClientInitializationError', message: 'secret' } }
]

export const orm: readonly Recorded[] = [
  { what: 'A model is invalid, and the error does not name the validator', response: 'check', error: { name: 'SequelizeValidationError', errors: [{ path: 'email' }], message: 'secret' } }
]
