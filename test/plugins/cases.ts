/** All plugin cases. */
import { cases as auth } from './auth.cases.js'
import { cases as basicAuth } from './basic-auth.cases.js'
import { cases as bearerAuth } from './bearer-auth.cases.js'
import type { PluginCase } from './case.js'
import { cases as circuitBreaker } from './circuit-breaker.cases.js'
import { cases as compress } from './compress.cases.js'
import { cases as cookie } from './cookie.cases.js'
import { cases as cors } from './cors.cases.js'
import { cases as csrfProtection } from './csrf-protection.cases.js'
import { cases as jwt } from './jwt.cases.js'
import { cases as multipart } from './multipart.cases.js'
import { cases as rateLimit } from './rate-limit.cases.js'
import { cases as responseValidation } from './response-validation.cases.js'
import { cases as sensible } from './sensible.cases.js'
import { cases as fastifyStatic } from './static.cases.js'
import { cases as underPressure } from './under-pressure.cases.js'

/** The cases of each plugin, by its name after `@fastify/`. */
export const pluginCases: Readonly<Record<string, readonly PluginCase[]>> = {
  auth,
  'basic-auth': basicAuth,
  'bearer-auth': bearerAuth,
  'circuit-breaker': circuitBreaker,
  compress,
  cookie,
  cors,
  'csrf-protection': csrfProtection,
  jwt,
  multipart,
  'rate-limit': rateLimit,
  'response-validation': responseValidation,
  sensible,
  static: fastifyStatic,
  'under-pressure': underPressure
}
