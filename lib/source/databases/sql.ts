/** Reads the tables, columns and values of SQL statements. */
import { union, type Query, type Values } from '../values.js'

/** The start of an SQL statement. Another string can start with the same word: `can('update', 'Project')`. */
const statement =
  /^\s*(with\s[^]*\bas\b|(insert|replace|merge)\s[^]*\binto\s|update\s[^]*\bset\s|delete\s+from\s|select\s)/i

/** Returns whether a string is an SQL statement. */
export function isStatement (text: string): boolean {
  return statement.test(text)
}

/** Returns the queries in an SQL statement. */
export function parseQueries (sql: string, dialect: string, values: Values): Query[] {
  const text = sql.replace(/\s+/g, ' ')
  const where = new Set(
    [.../\bwhere\b([^]*)$/i.exec(text)?.[1]?.matchAll(/([\w."`]+)\s*=\s*(?:[$?:@]|lower\()/gi) ?? []].map(([, column]) => column as string)
  )
  const positions = dialect === 'postgres'
    ? [.../\bwhere\b([^]*)$/i.exec(text)?.[1]?.matchAll(/([\w."]+)\s*=\s*\$(\d+)/g) ?? []]
    : []
  const compared = new Map(
    positions.map(([, column, position]) => [column as string, getParameter(values, Number(position))])
  )
  const readPlaceholder = createPlaceholderReader(dialect, values)
  const common = { dialect, isInput: false, where, compared }
  const found: Query[] = []
  const insert = /(insert|replace)\s+(?:or\s+\w+\s+|ignore\s+)?into\s+([\w."`[\]]+)\s*(?:as\s+\w+\s*)?(?:\(([^)]*)\))?/i
    .exec(text)
  if (insert !== null) {
    const written = parseValues(text.slice(insert.index + insert[0].length))
    const columns = insert[3]?.split(',').map((column, index) => [column.trim(), written[index] ?? ''] as const).filter(
      ([column]) => column !== '' && column !== '?'
    )
    found.push({
      ...common,
      verb: 'insert',
      table: insert[2] as string,
      where: new Set(),
      compared: new Map(),
      columns: columns === undefined || columns.length === 0
        ? undefined
        : new Map(columns.map(([column, value]) => [column, readPlaceholder(value)])),
      isConflictHandled: /\bon (conflict|duplicate key)\b|\binsert (or )?(ignore|replace)\b|^\s*replace\b/i.test(text)
    })
  }
  const update = /\bupdate\s+([\w."`[\]]+)\s+(?:as\s+\w+\s+)?set\s+(.*?)(?=\bwhere\b|\breturning\b|$)/i.exec(text)
  if (update !== null && insert === null) {
    const written = splitList(update[2] as string).map(part =>
      part.split('=', 2).map(side => side.trim()) as [string, string?]
    )
    found.push({
      ...common,
      verb: 'update',
      table: update[1] as string,
      columns: new Map(written.map(([column, value = '']) => [column, readPlaceholder(value.replace(/::.*$/, ''))])),
      isConflictHandled: false
    })
  }
  const removed = /\bdelete\s+from\s+([\w."`[\]]+)/i.exec(text)
  if (removed !== null) {
    found.push({ ...common, verb: 'delete', table: removed[1] as string, columns: undefined, isConflictHandled: false })
  }
  if (found.length === 0) {
    for (const [, table] of text.matchAll(/\b(?:from|join)\s+([\w."`[\]]+)/gi)) {
      found.push({ ...common, verb: 'select', table: table as string, columns: undefined, isConflictHandled: false })
    }
  }
  return found
}

/** Returns the parameter at a position, which starts at 1. The parameters are an array or one object. */
function getParameter ([parameters]: Values, position: number): Values {
  return parameters?.kind === 'object' ? parameters.fields.get(String(position - 1)) ?? parameters.elements : []
}

/**
 * Creates a function that returns the value of `$2`, of the next `?` or of `@name`. It is called for each placeholder
 * in the order of the statement.
 */
function createPlaceholderReader (dialect: string, values: Values): (placeholder: string) => Values {
  let last = 0
  return placeholder => {
    const count = dialect === 'postgres' ? 0 : placeholder.split('?').length - 1
    last += count
    if (placeholder === '?') return count === 0 ? [] : getParameter(values, last)
    const [, position, name] = /^(?:[$?](\d+)|[:@$](\w+))$/.exec(placeholder) ?? []
    if (position !== undefined) return getParameter(values, Number(position))
    return name === undefined
      ? []
      : union(...[...values, ...getParameter(values, 1)].map(each =>
        each.kind === 'object' ? each.fields.get(name) ?? [] : []
      ))
  }
}

/** Returns the values of `values ($1, lower($2), now())`, or of the first row of a `select`. */
function parseValues (text: string): readonly string[] {
  const list = /^\s*(?:values?\s*\(|select\s+)([^]*)/i.exec(text)?.[1] ?? ''
  return splitList(list).map(each => each.replace(/::.*$/, '').replace(/\s+as\s+\S+$/i, ''))
}

/** Splits a list at its commas, up to its closing parenthesis. */
function splitList (list: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const char of list) {
    if (char === '(') depth++
    if (char === ')' && depth-- === 0) break
    if (char === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else {
      part += char
    }
  }
  return [...parts, part].map(each => each.trim())
}
