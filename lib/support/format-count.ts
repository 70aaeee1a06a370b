/** Formats a number with its noun. */

/** Returns a number with its noun, in the plural if the number is not 1: `1 route`, `2 routes`. */
export function formatCount (amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
