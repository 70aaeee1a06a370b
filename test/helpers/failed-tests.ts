/** Lists the failed assertions of a run of tap, so that they can stand at the end of its long output. */
import { existsSync, readFileSync } from 'node:fs'

/** Lines that are shown of one failure. */
const LONGEST = 40

/**
 * Returns the failures of each test file, with the diagnostics of tap. An assertion that failed makes the tests around it
 * fail too, so only lines that no other failure explains are returned: those that are indented deepest. The line of the
 * file itself remains if its process ended with an error although all its assertions passed.
 *
 * @param output the file to which tap wrote the results of all test files
 */
export function listFailedTests (output: string): string[] {
  if (!existsSync(output)) return []
  const lines = readFileSync(output, 'utf8').split('\n')
  const failures: string[] = []
  let file = ''
  let explained = -1
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    file = /^# Subtest: (.+)/.exec(line)?.[1] ?? file
    const [, indentation = '', failed] = /^( *)(not )?ok\b(?!.*# (?:todo|skip))/i.exec(line) ?? []
    if (failed) {
      const end = findEnd(lines, index, indentation)
      if (indentation.length >= explained) failures.push(`${file}\n${lines.slice(index, Math.min(end, index + LONGEST)).join('\n')}`)
      explained = indentation === '' ? -1 : indentation.length
      index = end - 1
    } else if (indentation.length < explained && /^ *ok\b/.test(line)) explained = -1
  }
  return failures
}

/** Returns the index after the diagnostics of a failure, which end with a line of three dots. */
function findEnd (lines: readonly string[], start: number, indentation: string): number {
  if (lines[start + 1] !== `${indentation}  ---`) return start + 1
  const end = lines.indexOf(`${indentation}  ...`, start)
  return end < 0 ? lines.length : end + 1
}
