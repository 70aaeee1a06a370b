/** The `reference` option: its properties, and how they are checked. */
import { types } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { isHttpUrl } from '../support/http-syntax.js'
import { isRecord } from '../support/is-object.js'
import { readChangelog, type Changelog } from './read-changelog.js'

/** The `reference` option. */
export interface ReferenceOptions {
  /** The path of the index. Each code's page is below it: `/errors/resource_not_found`. */
  readonly path: string
  /** The heading of the index. @default 'Errors' */
  readonly title?: string
  /**
   * The scheme and host of the API, such as `https://api.example.com`. The requests on the pages use it, and the URLs
   * of the pages in error bodies are absolute, as RFC 9457 recommends (section 3.1.1). @default the pages use the host
   * of the request, and the URLs are paths
   */
  readonly origin?: string
  /**
   * The color of links, in light and dark mode, as `#rrggbb`. It must be readable on the background of the pages: a
   * contrast of at least 4.5:1 (WCAG 2.2, section 1.4.3). @default blue
   */
  readonly colors?: { readonly light?: string, readonly dark?: string }
  /**
   * The URL of an image that each page has at the top: a path of the API, an `https:` URL or a `data:` URL. @default
   * none
   */
  readonly logo?: string
  /** Where users get support: an `https:` or `mailto:` URL. Each page links to it. @default none */
  readonly support?: string
  /**
   * Returns the URL of an operation in the API documentation, or `undefined` if it has none. The pages link their
   * routes to it.
   *
   * @default links to swagger-ui or Scalar, if the application registers one of their plugins
   */
  readonly operationUrl?: OperationUrl
  /**
   * The path of the file that `npx fastify-api-errors changelog` writes, relative to the working directory, or its
   * content. The reference then has a page with the changes. @default no such page
   */
  readonly changelog?: string | Changelog
  /**
   * Serves a page for developers at `live` below the path. It shows the errors that the API sends while it runs. `true`
   * serves it unless `NODE_ENV` is `production`. A function serves it everywhere, but only to requests for which it
   * returns `true`. @default false
   */
  readonly live?: boolean | LiveGuard
  /**
   * The base URL of the source code, such as `https://github.com/acme/api/blob/main`. The page of `live` links to the
   * lines that throw errors. @default links open the file in Visual Studio Code, except in production
   */
  readonly source?: string
}

/** The `reference` option with the content of its files. */
export interface ResolvedReference extends Omit<ReferenceOptions, 'changelog'> {
  readonly changelog?: Changelog
}

/** The properties of an operation that its URL can depend on. */
export interface OperationFacts {
  /** In upper case. */
  readonly method: string
  /** As in the OpenAPI document: `/queues/{id}`. */
  readonly path: string
  /** The `operationId` of the route's schema. */
  readonly operationId: string | undefined
  readonly tags: readonly string[]
}

/** Returns the URL of an operation in the API documentation. */
export type OperationUrl = (operation: OperationFacts) => string | undefined

/** Returns whether a request may read the page of `live`. */
export type LiveGuard = (request: FastifyRequest) => boolean | Promise<boolean>

/** The backgrounds of examples, on which colored text must be readable. `style.css` has the same values. */
export const backgrounds = { light: '#f6f7f9', dark: '#1b2027' } as const

const minContrast = 4.5

interface Expectation {
  readonly isValid: (value: unknown) => boolean
  readonly expected: string
}

const isString = (pattern: RegExp) => (value: unknown): boolean => typeof value === 'string' && pattern.test(value)

/** The valid values of the options. All options except `path` can be absent. */
const expectations: Readonly<Record<keyof ReferenceOptions, Expectation>> = {
  path: { isValid: isString(/^(\/[\w.~-]+)+$/), expected: "a path like '/errors'" },
  title: { isValid: isString(/./s), expected: 'a heading' },
  origin: {
    isValid: value => isHttpUrl(value) && new URL(value).origin === value.toLowerCase(),
    expected: "the scheme and host, like 'https://api.example.com'"
  },
  colors: { isValid: isRecord, expected: "an object like { light: '#2a52be', dark: '#8fb0ff' }" },
  logo: {
    isValid: isString(/^((\/(?!\/)|https:\/\/)[^\s"';,]*|data:image\/[^\s"']+)$/),
    expected: "a path, an 'https:' URL or a 'data:' URL of an image"
  },
  support: {
    isValid: value => isHttpUrl(value) || isString(/^mailto:\S+@\S+$/)(value),
    expected: "an 'https:' or 'mailto:' URL"
  },
  operationUrl: {
    isValid: value => typeof value === 'function' && !types.isAsyncFunction(value),
    expected: 'a function of the operation that returns a URL'
  },
  changelog: {
    isValid: value => typeof value === 'string' || isRecord(value),
    expected: "the path of a file that 'fastify-api-errors changelog' wrote, or its content"
  },
  live: {
    isValid: value => ['boolean', 'function'].includes(typeof value),
    expected: 'true, false, or a function of the request that returns true or false'
  },
  source: { isValid: isHttpUrl, expected: "a URL like 'https://github.com/acme/api/blob/main'" }
}

/**
 * Checks the `reference` option, and reads its files.
 *
 * @throws TypeError with one sentence: the option, what was expected and what was received
 */
export function resolveReferenceOption (owner: string, reference: ReferenceOptions): ResolvedReference {
  expectOption(owner, 'reference', isRecord(reference), "an object like { path: '/errors' }", reference)
  expectKnownOptions(owner, 'reference', reference, Object.keys(expectations))
  for (const [name, { isValid, expected }] of Object.entries(expectations)) {
    const value: unknown = reference[name as keyof ReferenceOptions]
    const isAbsent = value === undefined && name !== 'path'
    expectOption(owner, `reference.${name}`, isAbsent || isValid(value), expected, value)
  }
  const { changelog, ...rest } = reference
  checkColors(owner, rest.colors ?? {})
  return changelog === undefined ? rest : { ...rest, changelog: readChangelog(changelog) }
}

function checkColors (owner: string, colors: NonNullable<ReferenceOptions['colors']>): void {
  expectKnownOptions(owner, 'reference.colors', colors, Object.keys(backgrounds))
  for (const [mode, background] of Object.entries(backgrounds)) {
    const color: unknown = colors[mode as keyof typeof backgrounds]
    if (color === undefined) continue
    const option = `reference.colors.${mode}`
    expectOption(owner, option, isString(/^#[\da-f]{6}$/i)(color), "a color like '#2a52be'", color)
    expectOption(
      owner,
      option,
      getContrast(String(color), background) >= minContrast,
      `a color with a contrast of at least ${minContrast}:1 on ${background}`,
      color
    )
  }
}

/** Returns whether the page of `live` is served. `true` does not serve it in production. */
export function isLive ({ live = false }: Pick<ReferenceOptions, 'live'>): boolean {
  return typeof live === 'function' || (live && !isProduction())
}

/** Returns whether the process runs in production. */
export function isProduction (): boolean {
  return process.env.NODE_ENV === 'production'
}

/** Returns the contrast of two colors, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
function getContrast (a: string, b: string): number {
  const [light = 0, dark = 0] = [getLuminance(a), getLuminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

/** Returns the brightness of a color, from 0 to 1 (WCAG 2.2, "relative luminance"). */
function getLuminance (color: string): number {
  const [red, green, blue] = [1, 3, 5].map(index => {
    const value = parseInt(color.slice(index, index + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
