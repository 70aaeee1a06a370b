/** A test file of the suite, about draws. */
import { test } from 'node:test'
import { build } from './app.js'

test('draws', async () => {
  const app = await build()
  await app.inject('/draws/1')
  await app.inject('/nothing')
})
