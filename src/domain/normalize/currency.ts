// A currency is an ISO 4217 code in capitals; an amount is a whole number of its smallest unit, never a fraction.

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

/** The code in capitals, or null when it is no currency. */
export function normalizeCurrency(raw: string): string | null {
  const code = raw.trim().toUpperCase()
  return CURRENCIES.has(code) ? code : null
}
