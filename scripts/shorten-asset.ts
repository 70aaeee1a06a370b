/** Shortens the files of the reference pages. */
import { extname } from 'node:path'
import { transformSync } from 'esbuild'

/** Shortens a style sheet or a script. Any other file is unchanged. */
export function shortenAsset (file: string, text: string): string {
  const loader = ({ '.css': 'css', '.js': 'js' } as const)[extname(file)]
  return loader === undefined
    ? text
    : transformSync(text, { loader, minify: true, target: loader === 'css' ? 'chrome120' : 'es2022' }).code
}
