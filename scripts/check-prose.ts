/**
 * Finds phrases to avoid in docs, comments and messages: `npm run lint`. In Markdown, a phrase is allowed in code spans
 * and code blocks. CONTRIBUTING.md describes the style.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The phrases to avoid, each with advice. */
export const phrases: ReadonlyArray<readonly [pattern: RegExp, advice: string]> = [
  [/[,;] for (it|they|we|what|no|nobody|some|there)\b/, 'write "because"'],
  [
    /[,;] for (the|an?|each|every) [^.,:;()]{1,40}? (is|are|has|have|had|was|were|can|cannot|does|do|may|must|would|could)\b/,
    'write "because"'
  ],
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
  [/\banew\b/, 'write "again"'],
  [/\bthe house\b/i, 'write "the code" or "the project"'],
  [/\bof its own accord\b|\b(by|of) itself alone\b/, 'write "automatically"'],
  [/, nor\b/, 'write a new sentence with "neither" or "also not"'],
  [/\b(whence|thereof|whereby|hitherto|therein|thereby)\b/i, 'use a common word'],
  [/\bfor to\b/, 'write "because" with a verb in -ing'],
  [/\bin place of\b/, 'write "instead of"'],
  [/\b(goes|go|went) out\b/, 'write "is sent"'],
  [/\bpartly out\b|\bpart of (a|an|the|another) (response|answer) is out\b/, 'write "partly sent"'],
  [/\bdearer\b|\bis dear\b/, 'write "more expensive" or "slower"'],
  [/\bin vain\b/, 'write "without a result"'],
  [
    /\b(a|no|the) texts?\b(?! (of|from|before|after|for|in|that|to|must|blocks?|file)\b)/,
    'write "string" or "message"'
  ],
  [/\btime-outs?\b/, 'write "timeout"'],
  [/\b[a-z]+ of (ours|yours)\b/, 'write "our" or "your"'],
  [/\btyped wrong\b|\bmisspelt\b/, 'write "misspelled"'],
  [/\b(is|are|was|were|be) told\b/, 'write "receives", "is listed" or "is logged"'],
  [/\bin plain sight\b/, 'name the place'],
  [/\bheld against\b/, 'write "compared with"'],
  [/\bbr(eaks?|oke|oken) off\b/, 'write "is aborted"'],
  [/\bfor ever\b/, 'write "forever"'],
  [/\bchang(es?|ed) its mind\b/, 'write "changes its result"'],
  [/\bas ever\b/, 'write "as before" or "unchanged"'],
  [/\bmended\b/, 'write "fixed"'],
  [/\btaken for\b/, 'write "mistaken for", "treated as" or "converted to"'],
  [/\b(keeps?|kept|stays) silent\b|\bquiet longest\b/, 'say what does not happen, or write "least recently seen"'],
  [/\bcomes? to (an|its) end\b/, 'write "ends"'],
  [/\b(is|are) no (?!longer\b|more\b)(?<!\b[Tt]here (is|are) no )/, 'write "is not a"'],
  [/\b(says?|said) nothing of\b|\bknows? of\b/, 'write "says nothing about"'],
  [/\bhands? (it |them )?on\b/, 'write "pass on"'],
  [/\b(is|are|was|were|be) answered\b/, 'write "gets the response" or "is handled"'],
  [/\bby (itself|themselves)\b/, 'write "itself" or "automatically"'],
  [/\bat once\b/, 'write "immediately"'],
  [/\b(leave|leaves|left|leaving) (it |them )?out\b/, 'write "omit"'],
  [/\bas (it is|they are)(?=[.,;:]|$)/, 'write "unchanged"'],
  [/\bgives? (an? )?\d{3}\b/, 'write "returns" or "results in"'],
  [/\bthe one of\b/, 'repeat the noun'],
  [/\bof (its|their|your) own(?=[^\w ]|$)/, 'write "its own" before the noun, or "custom"'],
  [/\bwrong (fields?|methods?)\b/, 'write "invalid field" or "unsupported method"'],
  [/\bbroken (JSON|SQL)\b/, 'write "invalid"'],
  [/\bin capitals\b/, 'write "in upper case"'],
  [/\bin no case\b|\bin any case\b/, 'write "never" or "always"'],
  [/\bstays in the log\b/, 'write "is only logged"']
]

/** Words that are wrong in Markdown, where prose is not mixed with names in code. */
const markdownPhrases: typeof phrases = [
  [/\b(the|this|every|each|no|whole|our|its) answers?\b/i, 'write "response"'],
  [/\bbeside (the|a|an|its|it|them|each)\b/, 'write "next to" or "in addition to"'],
  [/\bhand(ed)? (it |them )?on\b/, 'write "pass on"'],
  [/\bprovok(es?|ed|ing)\b/, 'write "cause"'],
  [/\banswer(s|ing)? (with|by)\b/i, 'write "respond with" or "return"']
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** Files and folders that are checked. */
const checked = [
  'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'docs', 'lib', 'scripts', 'checks', 'test', 'bench',
  'examples'
]

/** Returns the phrases to avoid in a file, each as `line: "phrase": advice`. */
export function checkProse (text: string, isMarkdown: boolean): string[] {
  const prose = isMarkdown ? text.replace(/```[^]*?```|`[^`\n]*`/g, code => code.replace(/[^\n]/g, ' ')) : text
  return prose.split('\n').flatMap((line, index) =>
    [...phrases, ...isMarkdown ? markdownPhrases : []].flatMap(([pattern, advice]) => {
      const [found] = pattern.exec(line) ?? []
      return found === undefined ? [] : [`${index + 1}: "${found.trim()}": ${advice}`]
    })
  )
}

function listFiles (path: string): string[] {
  if (/node_modules|check-prose/.test(path)) return []
  if (!statSync(join(root, path)).isDirectory()) return /\.(md|ts|js|cjs|mjs)$/.test(path) ? [path] : []
  return readdirSync(join(root, path)).flatMap(name => listFiles(`${path}/${name}`))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = checked.flatMap(listFiles).flatMap(file =>
    checkProse(readFileSync(join(root, file), 'utf8'), file.endsWith('.md')).map(fault => `${file}:${fault}`)
  )
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}
