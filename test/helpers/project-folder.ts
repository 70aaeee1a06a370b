/** Creates folders for programs that tests write, inside the project, so that its packages are found. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The parent of these folders. It is below test/integrations/, so the packages of that folder, of test/ and of the root are found. */
const parent = fileURLToPath(new URL('../integrations/.tmp/', import.meta.url))

/** Creates an empty folder. The caller removes it. */
export function createProjectFolder (): string {
  mkdirSync(parent, { recursive: true })
  return mkdtempSync(parent)
}
