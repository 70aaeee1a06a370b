/** Which compiler is loaded, and the message if none is supported. */
import t from 'tap'
import typescript from 'typescript'
import { loadTypeScript } from '../../lib/source/typescript.js'

t.test('the compiler of the application is preferred, and a compiler without an API is rejected', async t => {
  const folder = t.testdir({ node_modules: { typescript: { 'index.js': "module.exports = { version: '7.0.0' }" } } })
  t.throws(() => loadTypeScript(folder), {
    message: "fastify-api-errors: source code is read with TypeScript 5 or 6, because typescript 7.0.0 has no stable API. Run 'npm install --save-dev @typescript/typescript6'. You can keep typescript 7.0.0."
  })
})

t.test('next to a compiler without an API, the compatibility package is used', async t => {
  const folder = t.testdir({
    node_modules: {
      typescript: { 'index.js': "module.exports = { version: '7.0.0' }" },
      '@typescript': { typescript6: { 'index.js': "module.exports = { version: '6.0.3', createProgram () {} }" } }
    }
  })
  t.equal(loadTypeScript(folder).version, '6.0.3')
})

t.test('if the application has no compiler, the one next to this package is used', async t => {
  t.equal(loadTypeScript('/').version, typescript.version)
})

t.test('if there is no compiler, the error says how to install it', async t => {
  t.throws(() => loadTypeScript('/', '/package.json'), {
    message: "fastify-api-errors: source code is read with TypeScript, which is not installed. Run 'npm install --save-dev typescript@6'."
  })
})
