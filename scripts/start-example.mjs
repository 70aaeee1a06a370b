/**
 * Starts the example: `npm run example`. esbuild bundles its sources first, because loading several hundred files one
 * at a time with tsx takes longer than everything else.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const start = new URL('../.example/start.mjs', import.meta.url)

/** Keeps the URL of each source, because some sources read files next to them. */
const keepUrls = {
  name: 'keep-urls',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/](lib|launch)[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts'
    }))
}

await build({
  absWorkingDir: root,
  entryPoints: ['examples/launch/start.ts'],
  outfile: fileURLToPath(start),
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  sourcemap: true,
  plugins: [keepUrls]
})
process.setSourceMapsEnabled(true)
await import(start.href)
