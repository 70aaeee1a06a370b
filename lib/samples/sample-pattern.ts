/**
 * Creates short strings that match a regular expression. Most patterns of APIs consist of literals, classes and
 * quantifiers.
 */

/** Returns a string that matches a pattern and has a length; `undefined` if none is found. */
export function createPatternSample (pattern: string, minLength: number, maxLength: number): string | undefined {
  try {
    const expression = new RegExp(pattern, 'u')
    for (const extra of [1, 0, 2, minLength]) {
      const text = new Generator(pattern, extra).readSequence()
      if (expression.test(text) && text.length >= minLength && text.length <= maxLength) return text
    }
  } catch {} // a pattern of another engine, or one with a syntax that is not read here
  return undefined
}

/** The maximum number of repetitions. */
const maxCount = 100

const classes: Readonly<Record<string, string>> = { d: '0', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', t: '\t', n: '\n' }

/** The characters that a negated class is tried with. */
const candidates = 'aA0-_. '

/** Reads a pattern from left to right, and writes a string that matches it. */
class Generator {
  private at = 0
  private readonly pattern: string
  private readonly extra: number

  /** @param extra how many times a part is repeated in addition to its minimum */
  constructor (pattern: string, extra: number) {
    this.pattern = pattern
    this.extra = extra
  }

  private take (text: string): boolean {
    const isNext = this.pattern.startsWith(text, this.at)
    if (isNext) this.at += text.length
    return isNext
  }

  private next (): string {
    const [character = ''] = this.pattern.slice(this.at)
    this.at += character.length
    return character
  }

  /** Reads up to the end, `|` or `)`. The first alternative is enough. */
  readSequence (): string {
    let text = ''
    while (this.at < this.pattern.length && !/[|)]/.test(this.pattern.charAt(this.at))) {
      const part = this.readPart()
      text += part.repeat(this.readCount())
    }
    return text
  }

  private readPart (): string {
    const character = this.next()
    switch (character) {
      case '^':
      case '$':
        return ''
      case '.':
        return 'a'
      case '\\':
        return this.readEscape()
      case '[':
        return this.readClass()
      case '(': {
        if (this.take('?') && !this.take(':')) throw new SyntaxError('lookaround')
        const text = this.readSequence()
        while (this.take('|')) this.readSequence()
        this.at++
        return text
      }
      default:
        return character
    }
  }

  private readEscape (): string {
    const character = this.next()
    if (character === 'x' || character === 'u') {
      const [digits = ''] = /^[\da-f]+/i.exec(this.pattern.slice(this.at, this.at + (character === 'x' ? 2 : 4))) ?? []
      this.at += digits.length
      return String.fromCharCode(parseInt(digits, 16))
    }
    return classes[character] ?? character
  }

  private readClass (): string {
    const start = this.at - 1
    const isNegated = this.take('^')
    const [first = ''] = isNegated
      ? []
      : [this.pattern.charAt(this.at) === '\\' ? this.readEscapeOfClass() : this.next()]
    while (this.at < this.pattern.length && this.pattern.charAt(this.at) !== ']') if (this.next() === '\\') this.next()
    this.at++
    if (!isNegated) return first
    const expression = new RegExp(this.pattern.slice(start, this.at), 'u')
    return [...candidates].find(character => expression.test(character)) ?? ''
  }

  private readEscapeOfClass (): string {
    this.at++
    return this.readEscape()
  }

  private readCount (): number {
    const [quantifier = '', least, comma, most] =
      /^(?:[*+?]|\{(\d+)(,)?(\d+)?\})\??/.exec(this.pattern.slice(this.at)) ?? []
    this.at += quantifier.length
    if (quantifier === '') return 1
    const isOptional = quantifier.startsWith('?')
    const min = least === undefined ? quantifier.startsWith('+') ? 1 : 0 : Number(least)
    const max = most !== undefined
      ? Number(most)
      : isOptional
        ? 1
        : least === undefined || comma !== undefined
          ? Infinity
          : min
    return Math.min(max, min + this.extra, min + maxCount)
  }
}
