/** The failures of Prisma. cases/prisma.ts lists them. */
import t from 'tap'
import { generatePrismaClient } from '../../helpers/prisma/generate.js'
import { prismaSource } from './cases/prisma.js'
import { runOnPostgres } from './cases/postgres-run.js'
import { check, serve } from './cases/case.js'
import * as recorded from './cases/recorded.js'

const { PrismaClient, remove } = await generatePrismaClient()
t.teardown(remove)

t.test('Prisma on a Postgres server', t => runOnPostgres(t, [prismaSource(PrismaClient)]))

t.test('errors recorded from other adapters of Prisma', async t => {
  const cases = recorded.replay(recorded.prisma)
  const { ask, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, ask, given)
  await app.close()
})
