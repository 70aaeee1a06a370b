/** The files that the reference pages load: their content, and the message if they are missing. */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { backgrounds } from '../../../lib/reference/reference-options.js'
import { readAssets, readLiveScript } from '../../../lib/reference/render/assets.js'

t.test('the asset files are next to the module', async t => {
  const source = (name: string): string => readFileSync(new URL(`../../../lib/reference/render/${name}`, import.meta.url), 'utf8')
  t.strictSame(readAssets(), [
    { name: 'style.css', contentType: 'text/css; charset=utf-8', content: source('style.css') },
    { name: 'script.js', contentType: 'text/javascript; charset=utf-8', content: source('script.js') },
    { name: 'icon.svg', contentType: 'image/svg+xml', content: source('icon.svg') }
  ])
})

t.test('no file loads anything from another origin', async t => {
  for (const { name, content } of readAssets()) t.notMatch(content.replace('http://www.w3.org/2000/svg', ''), /https?:|@import|url\(/, name)
})

t.test('a missing file: the message contains its path and the likely cause', async t => {
  const folder = t.testdir()
  t.throws(() => readAssets({}, `${pathToFileURL(folder).href}/`), {
    message: `fastify-api-errors: reference: cannot read ${folder}/style.css. If you bundle your application, exclude fastify-api-errors from the bundle.`
  })
})

t.test('the backgrounds on which colors must be readable are those of the style sheet', async t => {
  const style = String(readAssets()[0]?.content)
  t.strictSame([...style.matchAll(/--panel: (#\w+);/g)].map(([, color]) => color), Object.values(backgrounds))
})

t.test('the script of the page for developers is next to the module', async t => {
  t.equal(readLiveScript(), readFileSync(new URL('../../../lib/reference/render/live.js', import.meta.url), 'utf8'))
})
