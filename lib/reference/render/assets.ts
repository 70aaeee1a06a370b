/**
 * The style sheet, the script and the icon of the reference pages. These files are next to this file, in the repository
 * and in the package.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Reference } from '../create-reference.js'

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
 * Reads the files that the pages load. The pages load nothing else, except a logo.
 *
 * @param branding the colors that replace those of the style sheet
 * @param folder the URL of their folder, with a slash at the end
 * @throws Error if a file cannot be read, for example because a bundler omitted it
 */
export function readAssets (
  { colors }: Pick<Reference['branding'], 'colors'> = {},
  folder: string = new URL('.', import.meta.url).href
): Asset[] {
  return Object.entries(contentTypes).map(([name, contentType]) => {
    const content = readAsset(new URL(name, folder))
    return { name, contentType, content: name === 'style.css' ? content + createColors(colors) : content }
  })
}

/** Returns the rules that set the color of links in light and dark mode. */
function createColors (colors: Reference['branding']['colors'] = {}): string {
  return Object.entries(colors).map(([mode, color]) => `:root { --link-${mode}: ${color}; }\n`).join('')
}

/** Returns the script of the page for developers. */
export function readLiveScript (): string {
  return readAsset(new URL('live.js', import.meta.url))
}

function readAsset (url: URL): string {
  try {
    return readFileSync(url, 'utf8')
  } catch (cause) {
    throw new Error(
      `fastify-api-errors: reference: cannot read ${fileURLToPath(url)}. If you bundle your application, exclude fastify-api-errors from the bundle.`,
      { cause }
    )
  }
}
