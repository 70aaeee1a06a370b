/** Tracks errors: the line that throws them, and the errors that a `catch` receives. */
import type { ClassLikeDeclaration, Expression, Node, Type } from 'typescript'
import { isMessageBody, type BodyProperties, type BodyValue } from '../../support/is-message-body.js'
import { normalizeName } from '../databases/constraints.js'
import { catalogError } from '../error-values.js'
import { type Status } from '../library-context.js'
import type { TypeScript } from '../typescript.js'
import { type ObjectValue, type ThrownError, type Value, type Values, union, unknown } from '../values.js'
import { isErrorLike } from './compare-values.js'
import type { Machine } from './state/machine.js'
import { getSite, getType } from './nodes.js'
import { mergeProgress, saveProgress } from './state/progress.js'
import { shorten } from './syntax.js'

/** Records a thrown value. */
export function throwValues (machine: Machine, values: Values, node: Node, isUncertain = false): void {
  for (const value of values) {
    const earlier = machine.origins.get(value)
    if (earlier !== undefined) {
      // A `catch` with a condition may exist to handle this database error.
      const isExternal = value.kind === 'object' && value.error?.origin === 'external'
      machine.current.throws.push(
        ...isExternal && !isInPlainCatch(machine, node)
          ? earlier.map(thrown => ({ ...thrown, isUncertain: true }))
          : earlier
      )
      continue
    }
    if (value.kind === 'unknown' && value.isCaught) {
      for (const held of value.contents) {
        machine.current.throws.push({
          value: held,
          site: getSite(machine, node),
          via: [],
          isUncertain: true,
          statuses: []
        })
      }
      continue
    }
    machine.current.throws.push(markUnlikely({
      value,
      site: getSite(machine, node),
      via: [],
      isUncertain: isUncertain || machine.uncertainDepth > 0 ||
        (value.kind === 'object' && value.error?.isUncertain === true),
      statuses: machine.statuses.map(({ status }) => status)
    }, machine.current.reads))
  }
}

/** Marks an error as unlikely if the application has read something before it that prevents the error. */
export function markUnlikely (thrown: ThrownError, reads: ReadonlySet<string>): ThrownError {
  const { uncertainIfRead = [] } = thrown.value.kind === 'object' ? thrown.value.error ?? {} : {}
  return uncertainIfRead.some(read => reads.has(read.split('.').map(normalizeName).join('.')))
    ? { ...thrown, isUnlikely: true }
    : thrown
}

/** Records errors that are passed to `reply.send` or `done`. */
export function sendErrors (machine: Machine, values: Values, node: Node): void {
  const { throws } = machine.current
  const sentErrors: ThrownError[] = machine.current.throws = []
  throwValues(machine, values, node)
  machine.current.throws = throws
  throws.push(...sentErrors.map(thrown => ({ ...thrown, isSent: true as const })))
}

/** Records a response with an error status that is sent without an error. */
export function sendStatuses (machine: Machine, statuses: readonly Status[], payload: Values): void {
  for (const { status, site } of statuses) {
    if (status >= 400) {
      machine.current.sent.push({
        status,
        site,
        via: [],
        isUncertain: machine.uncertainDepth > 0,
        body: payload.some(isList) ? 'any' : payload.some(hasMoreThanMessage) ? 'object' : undefined
      })
    }
  }
}

/** Returns whether a body is a list, which is sent unchanged. */
function isList (body: Value): boolean {
  return body.kind === 'object' && body.isArray
}

/** Returns whether the code shows that a body can have more than a message, so that it is sent unchanged. */
function hasMoreThanMessage (body: Value): boolean {
  return body.kind === 'object' && body.error === undefined && isPlain(body) &&
    !listAlternatives(body).every(isMessageBody)
}

function isPlain (value: ObjectValue): boolean {
  return value.role === undefined && !value.isArray && value.elements.length === 0
}

/** Returns bodies that together have each possible value of each property. */
function listAlternatives ({ fields }: ObjectValue): readonly BodyProperties[] {
  const entries = [...fields].filter(([, values]) => values.length > 0)
  return Array.from({ length: Math.max(1, ...entries.map(([, values]) => values.length)) }, (_, index) =>
    Object.fromEntries(entries.map(([name, values]) => [name, readBodyValue(values[index % values.length] as Value)])))
}

function readBodyValue (value: Value): BodyValue {
  if (value.kind === 'literal') return value
  if (value.kind !== 'object' || value.role !== undefined) return { kind: 'unknown' }
  // JSON has an error as an object without its message.
  return { kind: 'structure', listProperties: () => value.error === undefined && isPlain(value) ? listAlternatives(value)[0] : undefined }
}

/** Throws errors that were recorded before. */
export function rethrow (machine: Machine, throws: readonly ThrownError[]): void {
  machine.current.throws.push(...throws)
}

/**
 * Throws the errors that were passed to `reply.send`, because they are sent even if the promise is not awaited. Returns
 * the others.
 */
export function rethrowSent (machine: Machine, throws: readonly ThrownError[]): ThrownError[] {
  rethrow(machine, throws.filter(({ isSent: isDelivered }) => isDelivered))
  return throws.filter(({ isSent: isDelivered }) => isDelivered !== true)
}

/** Runs code whose errors the request does not wait for. Responses and errors that it sends are recorded. */
export function runDetached (machine: Machine, body: () => void): void {
  rethrowSent(machine, machine.catch(body))
}

/** Runs code and returns the errors that it throws. */
export function catchErrors (machine: Machine, body: () => void): ThrownError[] {
  const before = machine.current.throws
  const throws = machine.current.throws = []
  const progress = saveProgress(machine)
  body()
  machine.current.throws = before
  mergeProgress(machine, [progress, saveProgress(machine)])
  return throws
}

/** Runs code that may not run in the application. */
export function runUncertain<T> (machine: Machine, body: () => T): T {
  machine.uncertainDepth++
  const result = body()
  machine.uncertainDepth--
  return result
}

/**
 * Returns the values that a `catch` receives: the known errors, and one unknown error. Throws the errors that no
 * `catch` receives.
 */
export function getCaughtValues (machine: Machine, throws: readonly ThrownError[]): Values {
  const values: Value[] = []
  rethrow(machine, throws.filter(({ isSent: isDelivered }) => isDelivered))
  for (const thrown of throws.filter(({ isSent: isDelivered }) => isDelivered !== true)) {
    const known = machine.origins.get(thrown.value)
    if (known === undefined) machine.origins.set(thrown.value, [thrown])
    else if (!known.includes(thrown)) known.push(thrown)
    values.push(thrown.value)
  }
  return union(values.slice(0, 36), [unknown(undefined, [], true)])
}

/** Returns the thrown values. If an error has no known value, its type can show its class. */
export function evaluateThrown (machine: Machine, expression: Expression): Values {
  const { ts } = machine.project
  return machine.evaluate(expression).flatMap(value => {
    if (value.kind !== 'unknown' || value.isCaught) return [value]
    if (value.contents.length > 0) return value.contents
    const made = createErrorsOfType(machine, value.type?.() ?? getType(machine, expression), expression)
    if (made.length === 0 && !ts.isIdentifier(expression)) {
      machine.reportNotFollowed(expression, `The value of '${shorten(expression.getText())}' is unknown.`)
    }
    return made
  })
}

/** Returns the errors of a type: instances of the application's classes, or errors of a catalog. */
function createErrorsOfType (machine: Machine, type: Type | undefined, node: Node): Values {
  const { ts, checker } = machine.project
  const parts = type === undefined ? [] : type.isUnion() ? type.types : [type]
  return parts.flatMap(part => {
    const getLiteral = (name: string): string | number | undefined => {
      const symbol = part.getProperty(name)
      const found = symbol === undefined ? undefined : checker.getTypeOfSymbolAtLocation(symbol, node)
      return found?.isStringLiteral() === true || found?.isNumberLiteral() === true ? found.value : undefined
    }
    if (part.symbol?.name === 'ApiError') {
      const code = getLiteral('code')
      return typeof code === 'string' ? [catalogError(code, undefined)] : []
    }
    const declaration = part.symbol?.declarations?.find((found): found is ClassLikeDeclaration =>
      ts.isClassLike(found) && machine.project.owns(found.getSourceFile())
    )
    if (declaration === undefined) return []
    const cls = machine.findExportedClass(declaration) ?? machine.getClassValue(declaration, undefined)
    return machine.construct([cls], [], node).filter(isErrorLike)
  })
}

/**
 * Returns whether code is in a `catch` without conditions, which treats all errors alike:
 * `catch (error) { log(error); throw error }`.
 */
function isInPlainCatch ({ project: { ts } }: Machine, node: Node): boolean {
  let at = node
  while (!ts.isCatchClause(at) && !isCatchCallback(ts, at)) {
    if (ts.isFunctionLike(at) || ts.isSourceFile(at)) return false
    at = at.parent
  }
  const isLogical = (inner: Node): boolean =>
    ts.isBinaryExpression(inner) &&
    [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken].includes(inner.operatorToken.kind)
  const isCondition = (inner: Node): boolean =>
    ts.isIfStatement(inner) || ts.isSwitchStatement(inner) || ts.isConditionalExpression(inner) || isLogical(inner)
  // The message of an error of the database is not a string of the application.
  const comparesMessage = (inner: Node): boolean =>
    ts.isIfStatement(inner) && ts.isBinaryExpression(inner.expression) &&
    inner.expression.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken &&
    /\.message$/.test(inner.expression.left.getText()) && ts.isStringLiteralLike(inner.expression.right)
  const hasCondition = (inner: Node): boolean =>
    (isCondition(inner) && !comparesMessage(inner)) ||
    ts.forEachChild(inner, child => hasCondition(child) || undefined) === true
  return !hasCondition(ts.isCatchClause(at) ? at.block : at)
}

/** Returns whether a function is the argument of `.catch()`, or the second argument of `.then()`. */
function isCatchCallback (ts: TypeScript, node: Node): boolean {
  if (
    !ts.isFunctionLike(node) || !ts.isCallExpression(node.parent) ||
    !ts.isPropertyAccessExpression(node.parent.expression)
  ) return false
  return node.parent.arguments[['catch', 'then'].indexOf(node.parent.expression.name.text)] === node
}
