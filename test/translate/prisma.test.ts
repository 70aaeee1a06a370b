import t from 'tap'
import { generatePrismaClient } from '../support/prisma/generate.js'
import { prismaSource } from './cases/prisma.js'
import { runOnPostgres } from './cases/postgres-run.js'

const { PrismaClient, remove } = await generatePrismaClient()
t.teardown(remove)

t.test('Prisma on a Postgres server', t => runOnPostgres(t, [prismaSource(PrismaClient)]))
