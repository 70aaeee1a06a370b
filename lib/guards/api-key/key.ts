/** Creates, parses, hashes and compares API keys. */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { expectOption } from '../../support/expect-option.js'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 62 ** 30 is more than 2 ** 178, so keys cannot be guessed and are never created twice. */
const randomLength = 30

/** 62 ** 6 is more than 2 ** 32, so every CRC-32 fits. */
const checksumLength = 6

const prefixPattern = '[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*'

const keyPattern = new RegExp(`^(${prefixPattern})_([0-9A-Za-z]{${randomLength}})([0-9A-Za-z]{${checksumLength}})$`)

/** The options of {@link generateKey}. */
export interface GenerateKeyOptions {
  /**
   * The beginning of the key: words of letters and digits, joined by underscores. Use the names of your API and of the
   * environment, so that people and secret scanners can identify the key.
   */
  readonly prefix: string
}

/**
 * Creates a new API key: the prefix, an underscore, 30 random letters and digits (178 bits), and a checksum of 6
 * characters. Show the key to its owner once, and store the result of {@link hashKey}.
 *
 * @throws TypeError if the prefix is invalid
 * @example
 * const key = generateKey({ prefix: 'launch_live' }) // launch_live_aZ09... , 48 characters
 * await database.query('insert into api_keys (hash) values ($1)', [hashKey(key)])
 */
export function generateKey (options: GenerateKeyOptions): string {
  const { prefix } = options ?? {}
  const isValid = typeof prefix === 'string' && new RegExp(`^${prefixPattern}$`).test(prefix)
  expectOption(
    'generateKey',
    'prefix',
    isValid,
    "words of letters and digits joined by underscores, such as 'launch_live'",
    prefix
  )
  const random = Array.from({ length: randomLength }, () => alphabet[randomInt(alphabet.length)]).join('')
  const body = `${prefix}_${random}`
  return body + createChecksum(body)
}

/**
 * Returns the prefix of a key that {@link generateKey} created; `null` for any other string, such as a key with a typo.
 * Only the syntax is checked. Use it in `lookup` to avoid database queries for strings that cannot be your keys.
 *
 * @example
 * if (parseKey(key)?.prefix !== 'launch_live') return null
 */
export function parseKey (key: string): { readonly prefix: string } | null {
  const [, prefix, random, digits] = keyPattern.exec(key) ?? []
  if (prefix === undefined || digits !== createChecksum(`${prefix}_${random}`)) return null
  return { prefix }
}

/**
 * Returns the SHA-256 hash of a key in hex. Store and look up the hash instead of the key. It equals the output of
 * `sha256sum`, and `encode(sha256(key::bytea), 'hex')` in Postgres. Unlike passwords, keys do not need a slow hash,
 * because a random key cannot be guessed.
 *
 * @throws TypeError if the key is not a string
 */
export function hashKey (key: string): string {
  expectOption('hashKey', 'key', typeof key === 'string', 'a string', key)
  return createHash('sha256').update(key).digest('hex')
}

/**
 * Returns whether a hash is the hash of a key. The comparison takes constant time, so its duration does not reveal how
 * much of the key is correct.
 *
 * @param hash as {@link hashKey} returns it
 * @throws TypeError for a value that is not a string
 */
export function matchesHash (key: string, hash: string): boolean {
  expectOption('matchesHash', 'hash', typeof hash === 'string', 'a string', hash)
  // Both sides are hashed again, so that they have the same length, whatever is stored.
  return timingSafeEqual(createDigest(hashKey(key)), createDigest(hash))
}

function createDigest (text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function createChecksum (text: string): string {
  let rest = crc32(text)
  let checksum = ''
  for (let digit = 0; digit < checksumLength; digit++) {
    checksum = (alphabet[rest % alphabet.length] as string) + checksum
    rest = Math.floor(rest / alphabet.length)
  }
  return checksum
}
