// Names in a submission that tell about the page and the moment, not about the person: no field of a form has one of them.

/** Our own name for the answer of a widget, and the names that the widgets give it by themselves. */
export const CHALLENGE_NAMES = ['_challenge', 'cf-turnstile-response', 'h-captcha-response', 'g-recaptcha-response']

/** Reserved names -> most characters that are kept. */
export const RESERVED_NAMES: ReadonlyMap<string, number> = new Map([
  ['_redirect', 2000],
  ['_page_url', 2000],
  ['_landing_page', 2000],
  ['_referrer', 2000],
  ['_visitor_id', 200],
  ['_language', 64],
  ['_token', 200],
  ['_pow', 20],
  // Answers of widgets have about 2,000 characters; hCaptcha's may have several times as many.
  ...CHALLENGE_NAMES.map((name): [string, number] => [name, 16_000]),
])

/** Why no input of a form can have this name; null when it can. */
export function whyReserved(name: string): string | null {
  if (RESERVED_NAMES.has(name)) return `The name ${name} is reserved: its value never is one of the fields.`
  // Every object has these; a submission without the field would seem to have it.
  return name in Object.prototype
    ? `The name ${name} cannot be used: every object of a program has one so called.`
    : null
}
