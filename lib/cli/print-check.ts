/** Prints the result of the command `check`: for people, for programs, for a GitHub workflow, or as Markdown. */
import type { Change, Severity } from '../verify/compare-lockfiles.js'

/** The differences that `check` found. */
export interface CheckResult {
  /** The changes since the lockfile was written. Absent: there is no lockfile. */
  readonly lockfile?: { readonly path: string, readonly changes: readonly Change[], readonly size: string }
  /** A sentence for each error that the source gained or lost since the file of inferred errors was written. Absent: there is no such file. */
  readonly inferred?: { readonly path: string, readonly changes: readonly string[] }
}

const program = 'fastify-api-errors'

/** The formats by their names in `--format`. */
export const checkFormats: Readonly<Record<'text' | 'json' | 'github' | 'markdown', (result: CheckResult) => string>> = { text: printText, json: printJson, github: printAnnotations, markdown: printMarkdown }

/** Returns 1 if a change breaks callers, or if the file of inferred errors is out of date. */
export function getCheckCode ({ lockfile, inferred }: CheckResult): 0 | 1 {
  return inferred?.changes.length || lockfile?.changes.some(({ severity }) => severity === 'breaking') ? 1 : 0
}

function printText ({ lockfile, inferred }: CheckResult): string {
  const parts: string[] = []
  if (lockfile !== undefined) {
    const { path, changes, size } = lockfile
    parts.push(changes.length === 0
      ? `No changes: ${size} match ${path}.`
      : [...changes.map(({ severity, subject, explanation }) => `${severity.padEnd(8)}  ${subject}: ${explanation}`), '', summarize(changes)].join('\n'))
  }
  if (inferred !== undefined) {
    const { path, changes } = inferred
    parts.push(changes.length === 0 ? `${path} is up to date.` : [...changes, '', outdated(path)].join('\n'))
  }
  return parts.join('\n')
}

function printJson ({ lockfile, inferred }: CheckResult): string {
  return JSON.stringify({ changes: lockfile?.changes ?? [], inferred: inferred?.changes ?? [] }, null, 2)
}

const commands: Readonly<Record<Severity, string>> = { breaking: 'error', notable: 'warning', fine: 'notice' }

/** Prints workflow commands of GitHub Actions. GitHub shows each as an annotation of the pull request. */
function printAnnotations ({ lockfile, inferred }: CheckResult): string {
  return [
    ...(lockfile?.changes ?? []).map(({ severity, subject, explanation }) => annotate(commands[severity], lockfile!.path, `${subject}: ${explanation}`)),
    ...(inferred?.changes ?? []).map(change => annotate('error', inferred!.path, change))
  ].join('\n')
}

function annotate (command: string, file: string, message: string): string {
  const escape = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  return `::${command} file=${escape(file).replaceAll(':', '%3A').replaceAll(',', '%2C')},title=${program}::${escape(message)}`
}

function printMarkdown ({ lockfile, inferred }: CheckResult): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
  const parts: string[] = []
  if (lockfile !== undefined) {
    parts.push(lockfile.changes.length === 0
      ? `No changes: ${lockfile.size} match ${lockfile.path}.`
      : ['| | what | change |', '|---|---|---|', ...lockfile.changes.map(({ severity, subject, explanation }) => `| ${severity} | \`${cell(subject)}\` | ${cell(explanation)} |`), '', summarize(lockfile.changes)].join('\n'))
  }
  if (inferred !== undefined) {
    parts.push(inferred.changes.length === 0 ? `${inferred.path} is up to date.` : [...inferred.changes.map(change => `- ${cell(change)}`), '', outdated(inferred.path)].join('\n'))
  }
  return parts.join('\n\n')
}

function summarize (changes: readonly Change[]): string {
  const counts = (['breaking', 'notable', 'fine'] as const).map(name => `${changes.filter(({ severity }) => severity === name).length} ${name}`)
  return `${counts.join(', ')}. If the changes are intended, accept them with '${program} lock'.`
}

function outdated (path: string): string {
  return `${path} is out of date. Run '${program} infer --write' and commit it.`
}
