import t from 'tap'
import { ormSources } from './cases/orms.js'
import { runOnPostgres } from './cases/postgres-run.js'

t.test('mappers and query builders on a Postgres server', t => runOnPostgres(t, ormSources))
