/** Reads the constraints of an application's tables from its SQL, its migrations and its Prisma schema. */
import type { Node, SourceFile } from 'typescript'
import type { TypeScript } from '../typescript.js'

/** A unique constraint or a primary key. */
export interface UniqueKey {
  readonly name: string | undefined
  readonly columns: readonly string[]
  readonly isPrimary: boolean
}

/** A foreign key. */
export interface ForeignKey {
  readonly columns: readonly string[]
  readonly table: string
  /** Whether the database rejects the deletion of a record while other records reference it. */
  readonly isRestricting: boolean
}

/** The values that a column rejects. */
export interface Column {
  /** Whether it rejects null. */
  readonly isRequired: boolean
  /** Whether it rejects values by their length, range or format. */
  readonly isTyped: boolean
  /** Whether it cannot be compared with every string, as with a UUID. */
  readonly isStrict?: boolean
}

/** The constraints of one table. */
export interface Table {
  readonly unique: UniqueKey[]
  readonly foreign: ForeignKey[]
  /** The columns by name. Those of Sequelize and Mongoose are known, and the strict columns of PostgreSQL. */
  readonly columns: Map<string, Column>
  /**
   * The columns that SQL, migrations and tables of Drizzle declare. A driver or query builder sends values to them
   * unchecked.
   */
  readonly declared: Map<string, Column>
  /** The fields of Prisma for related records, and their models. */
  readonly relations: Map<string, string>
}

/** The constraints of an application, by table name in lower case. */
export class Constraints {
  readonly tables: Map<string, Table> = new Map()

  table (name: string): Table {
    const key = normalizeName(name)
    let table = this.tables.get(key)
    if (table === undefined) {
      this.tables.set(
        key,
        table = { unique: [], foreign: [], columns: new Map(), declared: new Map(), relations: new Map() }
      )
    }
    return table
  }

  find (name: string): Table | undefined {
    return this.tables.get(normalizeName(name))
  }

  addUnique (table: string, columns: readonly string[], isPrimary = false, name?: string): void {
    const { unique } = this.table(table)
    const plain = columns.map(normalizeName)
    if (plain.length > 0 && !unique.some(known => known.columns.join() === plain.join())) {
      unique.push({ name, columns: plain, isPrimary })
    }
  }

  addForeign (table: string, columns: readonly string[], to: string, isRestricting: boolean): void {
    const { foreign } = this.table(table)
    const plain = columns.map(normalizeName)
    if (!foreign.some(known => known.columns.join() === plain.join())) {
      foreign.push({ columns: plain, table: normalizeName(to), isRestricting })
    }
  }

  /** Records that PostgreSQL does not compare a column with every string. */
  addStrictColumn (table: string, name: string): void {
    const { columns } = this.table(table)
    if (!columns.has(normalizeName(name))) {
      columns.set(normalizeName(name), { isRequired: false, isTyped: false, isStrict: true })
    }
  }

  addColumn (table: string, name: string, column: Column): void {
    this.table(table).columns.set(normalizeName(name), column)
  }

  /**
   * Records the values that the database rejects in a column. If a column is declared twice, both declarations must
   * reject a value.
   */
  declareColumn (table: string, name: string, { isRequired, isTyped }: Column): void {
    const { declared } = this.table(table)
    const known = declared.get(normalizeName(name)) ?? { isRequired: true, isTyped: false }
    declared.set(normalizeName(name), { isRequired: isRequired && known.isRequired, isTyped: isTyped || known.isTyped })
  }

  /** Reads the tables that SQL statements create. */
  readSql (sql: string): void {
    const text = sql.replace(/--[^\n]*/g, ' ').replace(/\/\*[^]*?\*\//g, ' ')
    for (
      const [, name = '', start = ''] of text.matchAll(
        /create\s+table\s+(?:if\s+not\s+exists\s+)?([\w."`[\]]+)\s*(\()/gi
      )
    ) {
      const at = text.indexOf(start, text.toLowerCase().indexOf(name.toLowerCase(), 0))
      const from = text.indexOf(
        '(',
        text.search(new RegExp(`create\\s+table\\s+(?:if\\s+not\\s+exists\\s+)?${escape(name)}\\s*\\(`, 'i'))
      )
      this.readColumns(name, splitInParentheses(text, from === -1 ? at : from))
    }
    for (
      const [, table = '', columns = ''] of text.matchAll(
        /create\s+unique\s+index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?[\w."`[\]]*\s+on\s+([\w."`[\]]+)\s*(?:using\s+\w+\s*)?\(([^;]*?)\)\s*(?:where[^;]*)?(?:;|$|-->)/gi
      )
    ) {
      this.addUnique(table, splitNames(columns))
    }
    for (
      const [, table = '', rest = ''] of text.matchAll(
        /alter\s+table\s+(?:only\s+)?(?:if\s+exists\s+)?([\w."`[\]]+)\s+([^;]+)/gi
      )
    ) {
      for (const clause of rest.split(/,(?![^(]*\))/)) {
        this.readConstraint(table, clause.replace(/^\s*add\s+(?:column\s+(?:if\s+not\s+exists\s+)?)?/i, ''))
      }
    }
  }

  private readColumns (table: string, parts: readonly string[]): void {
    for (const part of parts) this.readConstraint(table, part)
  }

  private readConstraint (table: string, part: string): void {
    const text = part.trim()
    const name = /^constraint\s+([\w"`]+)/i.exec(text)?.[1]
    const own = text.replace(/^constraint\s+[\w"`]+\s+/i, '')
    const reference = /references\s+([\w."`[\]]+)\s*(?:\([^)]*\))?([^]*)$/i.exec(own)
    const isRestricting = reference !== null && !/on\s+delete\s+(cascade|set\s+null|set\s+default)/i.test(own)
    const key = /^(primary\s+key|unique(?:\s+(?:key|index))?)\s*(?:[\w"`]+\s*)?\(([^)]*)\)/i.exec(own)
    if (key !== null) {
      this.addUnique(table, splitNames(key[2] as string), /^primary/i.test(key[1] as string), name)
      return
    }
    const foreign = /^foreign\s+key\s*(?:[\w"`]+\s*)?\(([^)]*)\)/i.exec(own)
    if (foreign !== null) {
      if (reference !== null) {
        this.addForeign(table, splitNames(foreign[1] as string), reference[1] as string, isRestricting)
      }
      return
    }
    const changed = /^(alter|drop)\s+(?:column\s+)?(?:if\s+exists\s+)?["`]?(\w+)["`]?\s*([^]*)$/i.exec(own)
    if (changed !== null) this.changeColumn(table, changed[2] as string, changed[3] as string)
    const column = /^["`[]?(\w+)["`\]]?\s+\w/.exec(own)?.[1]
    if (
      column === undefined || /^(check|exclude|index|key|drop|rename|alter|owner|enable|disable|set)$/i.test(column)
    ) return
    if (/^\S+\s+(uuid|(big|small)?serial)\b/i.test(own)) this.addStrictColumn(table, column)
    this.declareColumn(table, column, { isRequired: isRequired(own), isTyped: rejectsStrings(own) })
    if (/\bunique\b/i.test(own)) {
      this.addUnique(table, [column], false, /constraint\s+([\w"`]+)\s+unique/i.exec(own)?.[1])
    }
    if (/\bprimary\s+key\b/i.test(own)) this.addUnique(table, [column], true)
    if (reference !== null) this.addForeign(table, [column], reference[1] as string, isRestricting)
  }

  /** Reads `ALTER COLUMN name SET NOT NULL` and other changes of a column. */
  private changeColumn (table: string, name: string, change: string): void {
    const { declared } = this.table(table)
    const known = declared.get(normalizeName(name))
    const [, type] = /^(?:set\s+data\s+)?type\s+([^]*)/i.exec(change) ?? []
    if (known === undefined) return
    declared.set(
      normalizeName(name),
      type === undefined
        ? { ...known, isRequired: /^set\s+not\s+null/i.test(change) }
        : { ...known, isTyped: rejectsStrings(`${name} ${type}`) }
    )
  }

  /** Reads a Prisma schema. */
  readPrisma (schema: string): void {
    const models = new Set([...schema.matchAll(/^model\s+(\w+)/gm)].map(([, name]) => name as string))
    for (const [, name = '', body = ''] of schema.matchAll(/^model\s+(\w+)\s*\{([^]*?)^\}/gm)) {
      this.table(name)
      for (const line of body.split('\n')) {
        const [, field, type] = /^\s*(\w+)\s+(\w+)/.exec(line) ?? []
        if (field !== undefined && type !== undefined && models.has(type)) this.table(name).relations.set(field, type)
        if (field !== undefined && /\s@db\.(Uuid|ObjectId)\b/.test(line)) this.addStrictColumn(name, field)
        if (field !== undefined && /\s@unique\b/.test(line)) this.addUnique(name, [field])
        if (field !== undefined && /\s@id\b/.test(line)) this.addUnique(name, [field], true)
        const block = /^\s*@@(unique|id)\(\s*(?:fields:\s*)?\[([^\]]*)\]/.exec(line)
        if (block !== null) this.addUnique(name, splitNames(block[2] as string), block[1] === 'id')
        const relation = /^\s*\w+\s+(\w+)\??\s+.*@relation\(.*?fields:\s*\[([^\]]*)\]/.exec(line)
        if (relation !== null) {
          this.addForeign(
            name,
            splitNames(relation[2] as string),
            relation[1] as string,
            !/onDelete:\s*(Cascade|SetNull|SetDefault)/.test(line) &&
              !/^\s*\w+\s+\w+\?/.test(line)
          )
        }
      }
    }
  }

  /** Reads the migrations of Knex and Kysely, and the tables of Drizzle, from source files. */
  readSource (ts: TypeScript, file: SourceFile): void {
    const visit = (node: Node): void => {
      if (ts.isStringLiteralLike(node) && /\b(create\s+(unique\s+index|table)|alter\s+table)\b/i.test(node.text)) {
        this.readSql(node.text)
      }
      if (ts.isTemplateExpression(node)) {
        const text = [node.head.text, ...node.templateSpans.map(span => `x${span.literal.text}`)].join('')
        if (/\b(create\s+(unique\s+index|table)|alter\s+table)\b/i.test(text)) this.readSql(text)
      }
      if (ts.isCallExpression(node)) {
        const name = ts.isPropertyAccessExpression(node.expression)
          ? node.expression.name.text
          : ts.isIdentifier(node.expression)
            ? node.expression.text
            : ''
        const [first, second] = node.arguments
        const table = first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined
        if (
          table !== undefined && /^(createTable|createTableIfNotExists|alterTable|table)$/.test(name) &&
          second !== undefined && (ts.isArrowFunction(second) ||
            ts.isFunctionExpression(second))
        ) this.readBuilder(ts, table, second)
        if (table !== undefined && /^(pgTable|mysqlTable|sqliteTable)$/.test(name)) this.readDrizzle(ts, table, node)
        if (/^(addColumn|addUniqueConstraint|addPrimaryKeyConstraint|addForeignKeyConstraint)$/.test(name)) {
          const owner = rootTable(ts, node)
          if (owner !== undefined) this.readKysely(ts, owner, name, node.arguments)
        }
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
  }

  /** Reads a column of Knex, such as `table.string('email').unique()`. */
  private readBuilder (ts: TypeScript, table: string, body: Node): void {
    const visit = (node: Node): void => {
      if (ts.isExpressionStatement(node) || (ts.isArrowFunction(node) && !ts.isBlock(node.body))) {
        const steps = listCalls(
          ts,
          ts.isExpressionStatement(node) ? node.expression : (node as unknown as { readonly body: Node }).body
        )
        const [first] = steps
        const column = first?.args[0]?.[0]
        const has = (name: string) => steps.find(step => step.name === name)
        if (first !== undefined && /^(unique|primary)$/.test(first.name) && first.args[0] !== undefined) {
          this.addUnique(table, first.args[0], first.name === 'primary')
        } else if (column !== undefined) {
          if (first?.name === 'uuid') this.addStrictColumn(table, column)
          this.declareColumn(table, column, {
            isRequired: has('notNullable') !== undefined && has('defaultTo') === undefined &&
              has('primary') === undefined,
            isTyped: false
          })
          if (has('unique') !== undefined) this.addUnique(table, [column])
          if (has('primary') !== undefined || /^(increments|bigIncrements)$/.test(first?.name ?? '')) {
            this.addUnique(table, [column], true)
          }
          const reference = has('references')?.args[0]?.[0]
          const to = has('inTable')?.args[0]?.[0] ??
            (reference?.includes('.') === true ? reference.split('.')[0] : undefined)
          if (reference !== undefined && to !== undefined) {
            this.addForeign(
              table,
              first?.args[0] ?? [column],
              to,
              !/^(cascade|set null)$/i.test(has('onDelete')?.args[0]?.[0] ?? '')
            )
          }
        }
      }
      ts.forEachChild(node, visit)
    }
    visit(body)
  }

  private readKysely (ts: TypeScript, table: string, name: string, args: readonly Node[]): void {
    const texts = args.map(arg => stringsIn(ts, arg))
    if (name === 'addColumn') {
      const [column] = texts[0] ?? []
      if (column !== undefined && /^(uuid|(big)?serial)$/.test(texts[1]?.[0] ?? '')) this.addStrictColumn(table, column)
      const rest = args[2]?.getText() ?? ''
      if (column === undefined) return
      const isFilled = /\.(defaultTo|primaryKey|autoIncrement|generated\w*|identity)\(/.test(rest)
      this.declareColumn(table, column, { isRequired: /\.notNull\(\)/.test(rest) && !isFilled, isTyped: false })
      if (/\.unique\(\)/.test(rest)) this.addUnique(table, [column])
      if (/\.primaryKey\(\)/.test(rest)) this.addUnique(table, [column], true)
      const to = /\.references\(\s*['"`](\w+)\./.exec(rest)?.[1]
      if (to !== undefined) this.addForeign(table, [column], to, !/onDelete\(\s*['"`](cascade|set null)/i.test(rest))
    } else if (name === 'addForeignKeyConstraint') {
      const [to] = texts[2] ?? []
      if (to !== undefined) this.addForeign(table, texts[1] ?? [], to, true)
    } else {
      this.addUnique(table, texts[1] ?? [], name.includes('Primary'))
    }
  }

  private readDrizzle (
    ts: TypeScript,
    table: string,
    call: Node & { readonly arguments: readonly Node[], readonly expression: Node }
  ): void {
    const isPostgres = /pgTable$/.test(call.expression.getText())
    const [, columns, extra] = call.arguments
    if (columns !== undefined && ts.isObjectLiteralExpression(columns)) {
      for (const property of columns.properties) {
        if (!ts.isPropertyAssignment(property)) continue
        const text = property.initializer.getText()
        const name = property.name.getText()
        if (isPostgres && /^(uuid|integer|bigint|smallint|(big|small)?serial)\(/.test(text)) {
          this.addStrictColumn(table, name)
        }
        const isFilled = /(\.(\$?default\w*|\$onUpdate\w*|primaryKey|generated\w*|autoincrement)|serial)\(/i.test(text)
        this.declareColumn(table, name, { isRequired: /\.notNull\(/.test(text) && !isFilled, isTyped: false })
        if (/\.unique\(/.test(text)) this.addUnique(table, [name])
        if (/\.primaryKey\(/.test(text)) this.addUnique(table, [name], true)
        const to = /\.references\(\s*\(\)[^=]*=>\s*(\w+)\./.exec(text)?.[1]
        if (to !== undefined) this.addForeign(table, [name], to, !/onDelete:\s*['"`](cascade|set null)/i.test(text))
      }
    }
    for (
      const [, kind, args, on = '']
      of extra?.getText().matchAll(/(uniqueIndex|unique|primaryKey)\(([^)]*)\)(?:\s*\.on\(([^)]*)\))?/g) ?? []
    ) {
      const names = [...`${args} ${on}`.matchAll(/\b\w+\.(\w+)/g)].map(([, name]) => name as string)
      this.addUnique(table, names, kind === 'primaryKey')
    }
  }
}

/**
 * The types of SQL columns that reject values by their length, range or format. Only `text` and its like accept every
 * string.
 */
const limitedTypes =
  /^\S+\s+(character|n?varchar2?\s*\(|n?char\b|bpchar|(big|small|medium|tiny)?int|integer|(big|small)?serial|numeric|decimal|real|double|float)/i
const formattedTypes = /^\S+\s+(bool|date|time|interval|jsonb?\b|uuid|inet|cidr|enum|\w+(\([\d, ]*\))?\s*\[)/i

/** Returns whether a column of SQL rejects some strings. */
function rejectsStrings (column: string): boolean {
  return limitedTypes.test(column) || formattedTypes.test(column)
}

/** Returns whether a column of SQL rejects null and is not filled in by the database. */
function isRequired (column: string): boolean {
  return /\bnot\s+null\b/i.test(column) &&
    !/\b(default|generated|identity|auto_increment|autoincrement|primary\s+key|(big|small)?serial)\b/i.test(column)
}

/** Returns the note that a record was looked up by a column. */
export function describeLookup (table: string, column: string): string {
  return `found${table}.${normalizeName(column)}`
}

/** A name without quotes and schema, in lower case. */
export function normalizeName (name: string): string {
  return (name.replace(/["`[\]\s]/g, '').split('.').at(-1) ?? '').replace(/_/g, '').toLowerCase()
}

function splitNames (text: string): string[] {
  return text.split(',').map(part => part.trim().replace(/["`]/g, '').split(/\s|\(/)[0] ?? '').filter(part =>
    /^\w+$/.test(part)
  )
}

function escape (text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Splits a list in parentheses at its outer commas. */
function splitInParentheses (text: string, from: number): string[] {
  const parts: string[] = []
  let depth = 0
  let start = from + 1
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === '(') depth++
    if (char === ')') depth--
    if (depth === 0 || (depth === 1 && char === ',')) {
      parts.push(text.slice(start, at))
      start = at + 1
      if (depth === 0) break
    }
  }
  return parts
}

interface Step {
  readonly name: string
  readonly args: readonly (readonly string[])[]
}

/** Returns the calls of a chain, first to last. */
function listCalls (ts: TypeScript, node: Node): readonly Step[] {
  const steps: Step[] = []
  let at: Node = node
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    steps.unshift({ name: at.expression.name.text, args: at.arguments.map(arg => stringsIn(ts, arg)) })
    at = at.expression.expression
  }
  return steps
}

function stringsIn (ts: TypeScript, node: Node): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text]
  return ts.isArrayLiteralExpression(node) ? node.elements.flatMap(element => stringsIn(ts, element)) : []
}

/** Returns the table that a chain of Kysely's schema builder creates or alters. */
function rootTable (ts: TypeScript, node: Node): string | undefined {
  return listCalls(ts, node).find(({ name }) => name === 'createTable' || name === 'alterTable')?.args[0]?.[0]
}
