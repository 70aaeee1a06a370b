/** The style sheet, the script and the icon of the reference pages. These files are next to this file, in the repository and in the package. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A file that the pages load. */
export interface Asset {
  readonly name: string
  readonly contentType: string
  readonly content: string
}

const contentTypes = {
  'style.css': 'text/css; charset=utf-8',
  'script.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml'
} as const

/**
 * Reads the files that the pages load. The pages load nothing else.
 *
 * @param folder the URL of their folder, with a slash at the end
@throws Error if a file cannot be read, for example because a bundler omitted it
 */
export function readAssets (folder: string = new URL('.', import.meta.url).href): Asset[] {
  return Object.entries(contentTypes).map(([name, contentType]) => ({ name, contentType, content: readAsset(new URL(name, folder)) }))
}

function readAsset (url: URL): string {
  try {
    return readFileSync(url, 'utf8')
  } catch (cause) {
    throw new Error(`fastify-api-errors: reference: cannot read ${fileURLToPath(url)}. If you bundle your application, exclude fastify-api-errors from the bundle.`, { cause })
  }
}
