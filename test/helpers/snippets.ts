/** Runs the examples of the pages in docs/. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createProjectFolder } from './project-folder.js'

/** A runnable example of a page: a block marked `ts run`, and its output from the `json` blocks after it. */
export interface Snippet {
  readonly code: string
  readonly prints: readonly unknown[]
}

/** Returns the runnable examples of a page, in order. */
export function snippetsOf (markdown: string): Snippet[] {
  return [...markdown.matchAll(/```ts run\n([^]*?)```((?:\s*```json\n[^]*?```)*)/g)].map(([, code = '', blocks = '']) => ({
    code,
    prints: [...blocks.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => JSON.parse(json) as unknown)
  }))
}

/** Runs an example, and returns its log. */
export async function run ({ code }: Snippet): Promise<unknown[]> {
  const folder = createProjectFolder()
  const printed: unknown[] = []
  const { log } = console
  console.log = (...values: unknown[]) => { printed.push(...values) }
  try {
    writeFileSync(join(folder, 'snippet.ts'), code)
    await import(pathToFileURL(join(folder, 'snippet.ts')).href)
  } finally {
    console.log = log
    rmSync(folder, { recursive: true })
  }
  return printed
}
