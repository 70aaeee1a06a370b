/** Asks the language service of TypeScript what an editor shows. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { readCompilerOptions } from './compile.js'
import { createProjectFolder } from './project-folder.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file that is open in an editor. `|` marks the place of the cursor. */
export interface Editor {
  /** Returns the messages of the compiler about each of some lines of code. They are checked together, because each check of a file takes seconds. */
  readonly listErrors: (lines: readonly string[]) => string[][]
  /** Returns the type that a hover shows. */
  readonly hover: (text: string) => string
  /** Returns the line to which "Go to definition" leads, and its file. */
  readonly findDefinition: (text: string) => { readonly file: string, readonly line: string }
  /** Returns the names that the editor offers. */
  readonly complete: (text: string) => string[]
  readonly close: () => void
}

/** Creates an editor. The code starts with a header. */
export function createEditor (header: string): Editor {
  const folder = createProjectFolder()
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const file = join(folder, 'user.ts')
  const { options } = readCompilerOptions(folder)
  let content = header
  let version = 0
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file, join(root, 'lib/index.ts')],
    getScriptVersion: name => name === file ? String(version) : '0',
    getScriptSnapshot: name => name === file ? ts.ScriptSnapshot.fromString(content) : existsSync(name) ? ts.ScriptSnapshot.fromString(readFileSync(name, 'utf8')) : undefined,
    fileExists: name => name === file || existsSync(name),
    readFile: name => readFileSync(name, 'utf8')
  })

  /** Opens some code, and returns the position of the cursor. */
  function open (text: string): number {
    const position = header.length + text.indexOf('|')
    content = header + text.replace('|', '')
    version++
    return position
  }

  return {
    listErrors (lines) {
      open(lines.join('\n'))
      const messages = lines.map((): string[] => [])
      for (const { start = 0, messageText } of [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)]) {
        const line = content.slice(header.length, start).split('\n').length - 1
        if (start < header.length) throw new Error('The header has an error.')
        messages[line]?.push(ts.flattenDiagnosticMessageText(messageText, '\n'))
      }
      return messages
    },
    hover: text => ts.displayPartsToString(service.getQuickInfoAtPosition(file, open(text))?.displayParts),
    findDefinition (text) {
      const [definition] = service.getDefinitionAtPosition(file, open(text)) ?? []
      if (definition === undefined) throw new Error('No definition was found.')
      const source = definition.fileName === file ? content : readFileSync(definition.fileName, 'utf8')
      const { start } = definition.textSpan
      return { file: definition.fileName.replace(`${folder}/`, '').replace(root, ''), line: source.slice(source.lastIndexOf('\n', start) + 1, source.indexOf('\n', start)).trim() }
    },
    complete: text => service.getCompletionsAtPosition(file, open(text), {})?.entries.map(({ name }) => name) ?? [],
    close () {
      service.dispose()
      rmSync(folder, { recursive: true })
    }
  }
}
