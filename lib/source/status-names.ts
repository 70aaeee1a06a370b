/** Lists the statuses of error names, such as those of http-errors. */
import { STATUS_CODES } from 'node:http'

/** The statuses by the name of an error in lower case. */
const statusByName: ReadonlyMap<string, number> = new Map(Object.entries(STATUS_CODES).filter(([status]) => Number(status) >= 400).flatMap(([status, phrase = '']) => {
  const name = phrase.replace(/[^A-Za-z ]/g, '').replace(/ /g, '').toLowerCase()
  return [[name, Number(status)], [`${name}error`, Number(status)]] as const
}).concat([['uritoolong', 414], ['badimplementation', 500], ['internal', 500], ['baddata', 422], ['servertimeout', 503], ['clienttimeout', 408], ['resourcegone', 410],
  ['entitytoolarge', 413], ['teapot', 418], ['illegal', 451], ['unsupportedmediatype', 415], ['badgateway', 502], ['gatewaytimeout', 504]]))

/** Returns the status of an error name: 404 for `notFound`, `NotFound` and `NotFoundError`. */
export function getStatusByName (name: string): number | undefined {
  return statusByName.get(name.toLowerCase())
}
