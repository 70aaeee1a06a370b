/**
 * Finds phrases that readers stumble over, in docs, comments and messages: `npm run lint`. A phrase is allowed in code
 * spans and code blocks. Paths in `notYetRewritten` are left out until their texts are rewritten; the list only shrinks.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The phrases, each with what to write instead. */
export const phrases: ReadonlyArray<readonly [pattern: RegExp, advice: string]> = [
  [/[,;] for (it|they|we|what|no|nobody|some|there)\b/, 'write "because"'],
  [/[,;] for (the|an?|each|every) [^.,:;()]{1,40}? (is|are|has|have|had|was|were|can|cannot|does|do|may|must|would|could)\b/, 'write "because"'],
  [/\bthat (is|are) none\b/, 'write "invalid", or say what the value is not'],
  [/\bwhat is no\b|\bwhat are no\b/, 'name the thing'],
  [/[;,] it takes\b|\bwhat it takes\b/, 'write "expected X, got Y"'],
  [/\btyping error\b/, 'write "typo" or "unknown name"'],
  [/\bnobody\b/i, 'name who, or use the passive voice'],
  [/\bthis address\b|\bthe address of the (index|page)\b/, 'write "path" or "URL"'],
  [/\bwhere (it|they|there|one)\b/, 'write "if" or "when"'],
  [/\btells\b/, 'write "says", "shows" or "lists"'],
  [/\bbut for\b/, 'write "except"'],
  [/\bwhoever\b/i, 'name who'],
  [/\banew\b/, 'write "again"']
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** Files and folders that are checked. */
const checked = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'docs', 'lib', 'scripts', 'checks', 'test/reference', 'test/verify', 'test/cli']

/** Files and folders whose texts have not been rewritten. */
const notYetRewritten: readonly string[] = JSON.parse(readFileSync(join(root, 'scripts/prose-exceptions.json'), 'utf8'))

/** Returns the faults of a text, each as `line: "phrase": advice`. */
export function checkProse (text: string, isMarkdown: boolean): string[] {
  const prose = isMarkdown ? text.replace(/```[^]*?```|`[^`\n]*`/g, code => code.replace(/[^\n]/g, ' ')) : text
  return prose.split('\n').flatMap((line, index) => phrases.flatMap(([pattern, advice]) => {
    const [found] = pattern.exec(line) ?? []
    return found === undefined ? [] : [`${index + 1}: "${found.trim()}": ${advice}`]
  }))
}

function listFiles (path: string): string[] {
  if (notYetRewritten.some(left => path === left || path.startsWith(`${left}/`)) || /node_modules|check-prose/.test(path)) return []
  if (!statSync(join(root, path)).isDirectory()) return /\.(md|ts|js|cjs|mjs)$/.test(path) ? [path] : []
  return readdirSync(join(root, path)).flatMap(name => listFiles(`${path}/${name}`))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = checked.flatMap(listFiles).flatMap(file => checkProse(readFileSync(join(root, file), 'utf8'), file.endsWith('.md')).map(fault => `${file}:${fault}`))
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}
