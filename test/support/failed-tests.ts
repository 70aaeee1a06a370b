/** Lists the failed assertions of a run of tap, so that they can stand at the end of its long output. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Lines that are shown of one failure. */
const LONGEST = 40

/**
 * Returns the failed assertions of each test file, with the diagnostics of tap. An assertion that failed makes the tests
 * around it fail too, so only lines that no other failure explains are returned: those that are indented deepest.
 *
 * @param results the folder in which tap keeps the output of each test file
 */
export function listFailedTests (results: string): string[] {
  if (!existsSync(results)) return []
  const files = readdirSync(results, { recursive: true, encoding: 'utf8' }).filter(name => /[^/\\]\.tap$/.test(name)).sort()
  return files.flatMap(name => listFailures(readFileSync(join(results, name), 'utf8')).map(failure => `${name.replace(/\.tap$/, '')}\n${failure}`))
}

function listFailures (output: string): string[] {
  const lines = output.split('\n')
  const failures: string[] = []
  let explained = -1
  for (const [index, line] of lines.entries()) {
    const indentation = /^( *)not ok\b(?!.*# (?:todo|skip))/i.exec(line)?.[1]?.length
    if (indentation === undefined) {
      const passed = /^( *)ok\b/.exec(line)?.[1]?.length
      if (passed !== undefined && passed < explained) explained = -1
      continue
    }
    const isExplained = indentation < explained
    explained = indentation
    if (!isExplained) failures.push(lines.slice(index, findEnd(lines, index, indentation)).join('\n'))
  }
  return failures
}

/** Returns the index after the diagnostics of a failure, which are indented deeper than the failure itself. */
function findEnd (lines: readonly string[], start: number, indentation: number): number {
  let end = start + 1
  while (end < lines.length && end - start < LONGEST && (lines[end] === '' || /^ */.exec(lines[end] as string)![0].length > indentation)) end++
  return end
}
