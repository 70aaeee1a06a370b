/** The constraints that SQL, schemas of Prisma, migrations and tables of Drizzle declare. */
import t from 'tap'
import ts from 'typescript'
import { Constraints } from '../../../lib/source/databases/constraints.js'

/** The unique keys of each table, and its foreign keys: `team_id > teams`, with an exclamation mark if they prevent a deletion. */
function describeTables ({ tables }: Constraints): Record<string, string[]> {
  return Object.fromEntries([...tables].map(([name, { unique, foreign }]) => [name, [
    ...unique.map(({ columns, isPrimary }) => `${isPrimary ? 'primary ' : ''}${columns.join('+')}`),
    ...foreign.map(({ columns, table, isRestricting }) => `${columns.join('+')} > ${table}${isRestricting ? '!' : ''}`)
  ]]))
}

function readSource (source: string): Record<string, string[]> {
  const constraints = new Constraints()
  constraints.readSource(ts, ts.createSourceFile('migration.ts', source, ts.ScriptTarget.Latest, true))
  return describeTables(constraints)
}

t.test('constraints are read from SQL', async t => {
  const constraints = new Constraints()
  constraints.readSql(`
    -- people
    CREATE TABLE IF NOT EXISTS "public"."members" (
      id integer PRIMARY KEY,
      email text CONSTRAINT members_email UNIQUE,
      team_id integer REFERENCES teams (id),
      card_id integer REFERENCES cards (id) ON DELETE CASCADE,
      city text, street text, /* a pair */
      CONSTRAINT members_place UNIQUE (city, street),
      FOREIGN KEY (city) REFERENCES cities (name) ON DELETE SET NULL,
      CHECK (id > 0)
    );
    CREATE UNIQUE INDEX teams_name ON teams USING btree (name);
    ALTER TABLE ONLY teams ADD CONSTRAINT teams_key PRIMARY KEY (id), ADD COLUMN owner_id integer REFERENCES members (id);
  `)
  t.strictSame(describeTables(constraints), {
    members: ['primary id', 'email', 'city+street', 'teamid > teams!', 'cardid > cards', 'city > cities'],
    teams: ['name', 'primary id', 'ownerid > members!']
  })
  t.equal(constraints.find('public.members')?.unique[1]?.name, 'members_email')
})

t.test('the values that columns reject are read from SQL', async t => {
  const constraints = new Constraints()
  constraints.readSql(`
    CREATE TABLE people (
      id bigserial PRIMARY KEY, name varchar(40) NOT NULL, bio text NOT NULL, age integer, tags varchar[] NULL, born date NOT NULL DEFAULT now(),
      code text NOT NULL UNIQUE, level int NOT NULL GENERATED ALWAYS AS IDENTITY, note text
    );
    ALTER TABLE people ALTER COLUMN bio DROP NOT NULL, ALTER age SET NOT NULL, ALTER COLUMN code SET DATA TYPE varchar(10), DROP COLUMN IF EXISTS note, DROP CONSTRAINT people_code_key;
  `)
  constraints.readSource(ts, ts.createSourceFile('migration.ts', `
    knex.schema.createTable('rooms', table => { table.string('name').notNullable(); table.string('color').notNullable().defaultTo('red'); table.string('place') })
    db.schema.createTable('doors').addColumn('name', 'text', column => column.notNull()).addColumn('color', 'text', column => column.notNull().defaultTo('red'))
    export const users = pgTable('users', { id: serial('id').notNull(), name: text('name').notNull(), made: timestamp('made').notNull().defaultNow() })
  `, ts.ScriptTarget.Latest, true))
  const rejecting = Object.fromEntries([...constraints.tables].map(([table, { declared }]) => [table, [...declared].flatMap(([name, { isRequired, isTyped }]) => isRequired || isTyped ? `${name}${isRequired ? ' null' : ''}${isTyped ? ' strings' : ''}` : [])]))
  t.strictSame(rejecting, {
    people: ['id strings', 'name null strings', 'age null strings', 'tags strings', 'born strings', 'code null strings', 'level strings'],
    rooms: ['name null'],
    doors: ['name null'],
    users: ['name null']
  })
})

t.test('constraints are read from a schema of Prisma', async t => {
  const constraints = new Constraints()
  constraints.readPrisma(`
model Member {
  id     Int    @id
  email  String @unique
  team   Team   @relation(fields: [teamId], references: [id])
  teamId Int
  card   Card?  @relation(fields: [cardId], references: [id])
  cardId Int?
  @@unique([email, teamId])
}
model Team {
  a Int
  b Int
  @@id([a, b])
}
`)
  t.strictSame(describeTables(constraints), {
    member: ['primary id', 'email', 'email+teamid', 'teamid > team!', 'cardid > card'],
    team: ['primary a+b']
  })
})

t.test('constraints are read from migrations of Knex', async t => {
  t.strictSame(readSource(`
    await knex.schema.createTable('rooms', table => {
      table.increments('id')
      table.string('name').unique()
      table.uuid('key').primary()
      table.integer('floor_id').references('id').inTable('floors')
      table.integer('house_id').references('houses.id').onDelete('CASCADE')
      table.unique(['name', 'floor_id'])
    })
    await knex.schema.alterTable('floors', function (table) { table.primary(['level']) })
    await knex.schema.alterTable('doors', table => table.string('color').unique())
    await knex.raw(\`ALTER TABLE rooms ADD CONSTRAINT rooms_color UNIQUE (color) -- \${reason}\`)
    await knex.raw('CREATE UNIQUE INDEX doors_size ON doors (size)')
  `), {
    rooms: ['primary id', 'name', 'primary key', 'name+floorid', 'color', 'floorid > floors!', 'houseid > houses'],
    floors: ['primary level'],
    doors: ['color', 'size']
  })
})

t.test('constraints are read from migrations of Kysely', async t => {
  t.strictSame(readSource(`
    await db.schema.createTable('cars')
      .addColumn('id', 'integer', column => column.primaryKey())
      .addColumn('plate', 'text', column => column.unique())
      .addColumn('owner_id', 'integer', column => column.references('owners.id'))
      .addColumn(name, 'text')
      .addUniqueConstraint('cars_place', ['city', 'street'])
      .addForeignKeyConstraint('cars_brand', ['brand'], 'brands', ['name'])
      .execute()
    await db.schema.alterTable('owners').addPrimaryKeyConstraint('owners_id', ['id']).execute()
    const addColumn = name => name
    addColumn('none')
  `), {
    cars: ['city+street', 'plate', 'primary id', 'brand > brands!', 'ownerid > owners!'],
    owners: ['primary id']
  })
})

t.test('constraints are read from tables of Drizzle', async t => {
  t.strictSame(readSource(`
    const authors = pgTable('authors', { id: serial('id').primaryKey(), email: text('email').unique(), ...timestamps })
    const books = sqliteTable('books', {
      id: integer('id').primaryKey(),
      author: integer('author').references(() => authors.id),
      shelf: integer('shelf').references(() => shelves.id, { onDelete: 'cascade' })
    }, table => [unique().on(table.title, table.author), uniqueIndex('code').on(table.code), primaryKey({ columns: [table.a, table.b] })])
  `), {
    authors: ['primary id', 'email'],
    books: ['primary id', 'title+author', 'code', 'primary a+b', 'author > authors!', 'shelf > shelves']
  })
})
