/** Collects the ledger of each process of the suite. */
import { collectLedger } from 'fastify-api-errors'

if (process.env.LEDGER !== undefined) collectLedger(process.env.LEDGER)
