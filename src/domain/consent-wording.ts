// The wording of a consent is proven by its hash: SHA-256 of the exact UTF-8 text, in hex. Anybody can recompute it, and
// no later edit of the form changes what a visitor has agreed to.
import { createHash } from 'node:crypto'
import type { FormDefinition } from './form.ts'
import { localesOf, localizeForm } from './form-locale.ts'

/** 64 hex characters. */
export function wordingHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export interface Wording {
  consent_key: string
  hash: string
  text: string
  locale: string
}

/** Every wording that visitors of this version may have read, the default locale first. */
export function wordingsOf(form: FormDefinition): Wording[] {
  return localesOf(form).flatMap((locale) =>
    localizeForm(form, locale).consents.map(({ key, text }) => ({
      consent_key: key,
      hash: wordingHash(text),
      text,
      locale,
    })),
  )
}
