import { inferFixtures, describeFindings } from '/tmp/wt/inference/test/source/infer-fixtures.js'
const names = process.argv.slice(2)
const fixtures: any = {}
for (const n of names) { const m: any = await import(`/tmp/wt/inference/test/source/fixtures/${n}`); fixtures[n.replace(/\..*/, '')] = m.default.default ?? m.default }
const t0 = Date.now()
const r = await inferFixtures({ teardown () {} } as any, fixtures)
for (const [k, v] of Object.entries(describeFindings(r))) console.log(`'${k}': ${JSON.stringify(v).replaceAll('"', "'").replaceAll("','", "', '")},`)
console.log(r.notFollowed, Date.now() - t0)
process.exit()
