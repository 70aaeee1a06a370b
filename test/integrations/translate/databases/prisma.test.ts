/** The failures of Prisma. cases/prisma.ts lists them. */
import t from 'tap'
import { generatePrismaClient } from '../../helpers/prisma/generate.js'
import { prismaSource } from './cases/prisma.js'
import { runOnPostgres } from './cases/postgres-run.js'
import { check, serve } from './cases/case.js'
import * as recorded from './cases/recorded.js'

const { PrismaClient, remove } = await generatePrismaClient()
t.teardown(remove)

t.test('each failure of Prisma on a Postgres server has its documented response', t => runOnPostgres(t, [prismaSource(PrismaClient)]))

t.test('recorded errors of other adapters of Prisma have the same responses', async t => {
  const cases = recorded.replay(recorded.prisma)
  const { send, app } = await serve(undefined, cases, recorded.database)
  for (const given of cases) await check(t, send, given)
  await app.close()
})
