import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describeValue, refuseOption } from '../support/describe-value.js'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 62 ** 30 is more than 2 ** 178: no key is ever guessed, and none is ever made twice. */
const randomLength = 30

/** 62 ** 6 is more than 2 ** 32, so every CRC-32 fits. */
const checksumLength = 6

const prefixForm = '[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*'

const keyForm = new RegExp(`^(${prefixForm})_([0-9A-Za-z]{${randomLength}})([0-9A-Za-z]{${checksumLength}})$`)

/** What {@link generateKey} takes. */
export interface GenerateKeyOptions {
  /**
   * What the key begins with: words of letters and digits, joined by underscores. Take the name of your API, and of the
   * environment: by it people, and the scanners that look for secrets in public code, know whose key it is.
   */
  readonly prefix: string
}

/**
 * Makes a new API key: the prefix, an underscore, 30 random letters and digits (178 bits), and 6 more that are the
 * checksum of all before them. Show it to its owner once, and store {@link hashKey} of it.
 *
 * @throws TypeError where the prefix has another form
 * @example
 * const key = generateKey({ prefix: 'launch_live' }) // launch_live_aZ09... , 48 characters
 * await database.query('insert into api_keys (hash) values ($1)', [hashKey(key)])
 */
export function generateKey (options: GenerateKeyOptions): string {
  const { prefix } = options ?? {}
  if (typeof prefix !== 'string' || !new RegExp(`^${prefixForm}$`).test(prefix)) {
    refuseOption('generateKey', 'prefix', prefix, "words of letters and digits joined by underscores, like 'launch_live'")
  }
  const random = Array.from({ length: randomLength }, () => alphabet[randomInt(alphabet.length)]).join('')
  const body = `${prefix}_${random}`
  return body + checksum(body)
}

/**
 * The prefix of a key that {@link generateKey} made; `null` for any other text, one with a typing error included. It
 * proves nothing but the form: use it in `lookup` to spare the database a text that cannot be a key of yours.
 *
 * @example
 * if (parseKey(key)?.prefix !== 'launch_live') return null
 */
export function parseKey (key: string): { readonly prefix: string } | null {
  const [, prefix, random, digits] = keyForm.exec(key) ?? []
  if (prefix === undefined || digits !== checksum(`${prefix}_${random}`)) return null
  return { prefix }
}

/**
 * The SHA-256 of a key, in hex: what is stored, and looked up, in place of the key. It is what `sha256sum` prints, and
 * in Postgres `encode(sha256(key::bytea), 'hex')`. A slow hash, as for passwords, would gain nothing: a random key cannot be guessed.
 *
 * @throws TypeError where the key is no text
 */
export function hashKey (key: string): string {
  if (typeof key !== 'string') throw new TypeError(`hashKey: the key is ${describeValue(key)}; it takes a text.`)
  return createHash('sha256').update(key).digest('hex')
}

/**
 * Whether a key is the one that a hash was made of, compared in constant time: how long it takes says nothing about
 * how much of the key is right.
 *
 * @param hash as {@link hashKey} gives it
 */
export function matchesHash (key: string, hash: string): boolean {
  // Hashed again, both sides have one length, whatever is stored.
  return timingSafeEqual(digest(hashKey(key)), digest(hash))
}

function digest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function checksum (text: string): string {
  let rest = crc32(text)
  let checksum = ''
  for (let digit = 0; digit < checksumLength; digit++) {
    checksum = (alphabet[rest % alphabet.length] as string) + checksum
    rest = Math.floor(rest / alphabet.length)
  }
  return checksum
}
