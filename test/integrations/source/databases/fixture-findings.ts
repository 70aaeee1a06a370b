/** The findings in the fixtures with databases. One inference serves all tests that use them. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../../source/infer-fixtures.js'
import builders from '../fixtures/databases/builders.js'
import columns from '../fixtures/databases/columns.js'
import comparisons from '../fixtures/databases/comparisons.js'
import drivers from '../fixtures/databases/drivers.js'
import middleware from '../fixtures/databases/mongoose-middleware.js'
import mongoose from '../fixtures/databases/mongoose.js'
import objection from '../fixtures/databases/objection.js'
import prisma from '../fixtures/databases/prisma.js'
import sequelize from '../fixtures/databases/sequelize.js'
import typeorm from '../fixtures/databases/typeorm.js'

const report = await inferFixtures(t, { drivers, builders, columns, comparisons, mongoose, middleware, objection, prisma, sequelize, typeorm })

/** Returns the findings of the routes of a fixture. */
export function findingsOf (name: string): Record<string, string[]> {
  return describeFindings({ ...report, routes: report.routes.filter(({ path }) => path.startsWith(`/${name}/`)) })
}
