// Every decimal of up to 15 significant digits has a double of its own (IEEE 754, away from the subnormal range), so a
// short number without an exponent needs no proof.
const alwaysExactLength = 15

const numberShape = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/**
 * Whether a JSON number survives being a double: the shortest decimal that denotes the double has the same value as the
 * number sent. So 0.1, 1.50, 1e21 and 9007199254740992 survive; 9007199254740993, 1e400, 1e-400 and
 * 0.1000000000000000055511151231257827 do not. `-0` survives as 0: JSON and SQL text both write it back as 0.
 * Text that is no number at all passes, for JSON.parse to refuse.
 */
export function isExactNumber(lexeme: string): boolean {
  if (lexeme.length <= alwaysExactLength && !lexeme.includes('e') && !lexeme.includes('E')) return true
  const shortest = String(Number(lexeme))
  if (shortest === lexeme) return true
  const sent = normalizeDecimal(lexeme)
  return sent === null || sent === normalizeDecimal(shortest)
}

/** Significant digits and power of ten, without sign: '0.0150' and '15e-3' are both '15e-3'; any zero is '0'. */
function normalizeDecimal(lexeme: string): string | null {
  const match = numberShape.exec(lexeme)
  if (!match) return null
  const [, whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  // Loops, because a pattern like /0+$/ takes quadratic time on long runs of zeros.
  let first = 0
  while (digits[first] === '0') first++
  if (first === digits.length) return '0'
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return `${digits.slice(first, end)}e${Number(exponent) - fraction.length + digits.length - end}`
}
