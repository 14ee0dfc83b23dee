// Two texts are equal for a condition when they differ at most in the case of A-Z. This is what PostgreSQL's
// lower(x collate "C") does on every version and platform (checked over all code points on 15 and 18); full Unicode
// folding differs between ICU and libc versions and Node, and a table with translate() costs 8 to 30 times as much.

const BEYOND_ASCII = /[^\0-\x7f]/
const UPPER_RUNS = /[A-Z]+/g

/** The text with A-Z as a-z and every other character as it is. */
export function foldText(text: string): string {
  // toLowerCase is six times as fast, and nearly every text is ASCII.
  return BEYOND_ASCII.test(text) ? text.replace(UPPER_RUNS, (run) => run.toLowerCase()) : text.toLowerCase()
}

/** Negative, zero or positive: order by code point, as PostgreSQL orders UTF-8 under collation "C". */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  return at === length ? a.length - b.length : rankUnit(a.charCodeAt(at)) - rankUnit(b.charCodeAt(at))
}

/** Surrogates stand for code points above U+FFFF, but as UTF-16 units they sort below U+E000. */
function rankUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
