// Amounts are whole numbers of the smallest unit of their currency. What others write as `12.50` is read digit by digit:
// floating point would make 0.285 * 100 another amount.

const digitsOf = new Map<string, number>()

/** The code that ISO 4217 keeps for "no currency is involved": three times the letter X. */
export const NO_CURRENCY = 'X'.repeat(3)

/** Decimal places of a currency: 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  const known = digitsOf.get(currency)
  if (known !== undefined) return known
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  digitsOf.set(currency, digits)
  return digits
}

/** The largest amount that is believed: ten million units of two digits. */
export const MAX_AMOUNT_MINOR = 1_000_000_000

const DECIMAL = /^(\d{1,12})(?:\.(\d{1,12}))?$/

/** The amount that a price of an answer means; null when it is none, negative, too fine or beyond belief. */
export function parsePrice(value: unknown, unit: 'minor' | 'major', currency: string): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const [, whole, fraction = ''] = DECIMAL.exec(String(value).trim()) ?? []
  if (whole === undefined) return null
  const digits = unit === 'minor' ? 0 : minorDigits(currency)
  const significant = fraction.replace(/0+$/, '')
  if (significant.length > digits) return null
  const amount = Number(whole + significant.padEnd(digits, '0'))
  return amount <= MAX_AMOUNT_MINOR ? amount : null
}

/** The amount as a decimal text in units of the currency: 1250 EUR -> `12.50`. */
export function formatAmount(minor: number, currency: string): string {
  const digits = minorDigits(currency)
  if (digits === 0) return String(minor)
  const text = String(minor).padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
