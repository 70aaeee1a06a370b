/** Formats the result of the command `check` as text, JSON, annotations of a GitHub workflow, or Markdown. */
import type { Change, Severity } from '../verify/compare-lockfiles.js'

/** The differences that `check` found. */
export interface CheckResult {
  /** The changes since the lockfile was written. Absent if there is no lockfile. */
  readonly lockfile?: { readonly path: string, readonly changes: readonly Change[], readonly size: string }
  /**
   * A sentence for each error that the source gained or lost since the file of inferred errors was written. Absent if
   * there is no such file.
   */
  readonly inferred?: OutdatedFile
  /**
   * A sentence for each change in the history of the lockfile that the changelog does not have. Absent if no changelog
   * is compared.
   */
  readonly changelog?: OutdatedFile
}

/** A file that a command writes, and what is missing in it. */
interface OutdatedFile {
  readonly path: string
  readonly changes: readonly string[]
}

const program = 'fastify-api-errors'

/** The formats by their `--format` names. */
export const checkFormats: Readonly<Record<'text' | 'json' | 'github' | 'markdown', (result: CheckResult) => string>> =
  { text: printText, json: printJson, github: printAnnotations, markdown: printMarkdown }

/** Returns 1 if a change breaks clients, or if a file is out of date. */
export function getCheckCode ({ lockfile, inferred, changelog }: CheckResult): 0 | 1 {
  return inferred?.changes.length || changelog?.changes.length ||
      lockfile?.changes.some(({ severity }) => severity === 'breaking')
    ? 1
    : 0
}

function printText (result: CheckResult): string {
  return listParts(
    result,
    changes => changes.map(({ severity, subject, explanation }) => `${severity.padEnd(8)}  ${subject}: ${explanation}`),
    change => change
  ).join('\n')
}

function printJson ({ lockfile, inferred, changelog }: CheckResult): string {
  return JSON.stringify(
    { changes: lockfile?.changes ?? [], inferred: inferred?.changes ?? [], changelog: changelog?.changes ?? [] },
    null,
    2
  )
}

const commands: Readonly<Record<Severity, string>> = { breaking: 'error', notable: 'warning', fine: 'notice' }

/**
 * Prints workflow commands of GitHub Actions. GitHub shows each as an annotation of the pull request, and the other
 * lines in the log.
 */
function printAnnotations (result: CheckResult): string {
  return listParts(
    result,
    (changes, path) =>
      changes.map(({ severity, subject, explanation }) =>
        annotate(commands[severity], path, `${subject}: ${explanation}`)
      ),
    (change, path) => annotate('error', path, change)
  ).join('\n')
}

function annotate (command: string, file: string, message: string): string {
  const escape = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  return `::${command} file=${escape(file).replaceAll(':', '%3A').replaceAll(',', '%2C')},title=${program}::${escape(message)}`
}

function printMarkdown (result: CheckResult): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
  return listParts(
    result,
    changes => [
      '| | what | change |',
      '|---|---|---|',
      ...changes.map(({ severity, subject, explanation }) =>
        `| ${severity} | \`${cell(subject)}\` | ${cell(explanation)} |`
      )
    ],
    change => `- ${cell(change)}`
  ).join('\n\n')
}

/** Returns the output for each compared file: its changes with a summary, or a sentence if there are none. */
function listParts (
  { lockfile, inferred, changelog }: CheckResult,
  listChanges: (changes: readonly Change[], path: string) => readonly string[],
  formatChange: (change: string, path: string) => string
): string[] {
  const parts: string[] = []
  if (lockfile !== undefined) {
    const { path, changes, size } = lockfile
    parts.push(
      changes.length === 0
        ? `No changes: ${size} match ${path}.`
        : [...listChanges(changes, path), '', summarize(changes)].join('\n')
    )
  }
  for (const [file, command] of [[inferred, 'infer --write'], [changelog, 'changelog']] as const) {
    if (file === undefined) continue
    const { path, changes } = file
    parts.push(
      changes.length === 0
        ? `${path} is up to date.`
        : [
            ...changes.map(change => formatChange(change, path)),
            '',
          `${path} is out of date. Run '${program} ${command}' and commit it.`
          ].join('\n')
    )
  }
  return parts
}

function summarize (changes: readonly Change[]): string {
  const counts = (['breaking', 'notable', 'fine'] as const).map(name =>
    `${changes.filter(({ severity }) => severity === name).length} ${name}`
  )
  return `${counts.join(', ')}. If the changes are intended, accept them with '${program} lock'.`
}
