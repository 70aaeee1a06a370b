/** A test file of the suite, about queues. */
import { test } from 'node:test'
import { build } from './app.js'

test('queues', async () => {
  const app = await build()
  await app.inject('/queues/1')
  await app.inject('/draws/1')
})
