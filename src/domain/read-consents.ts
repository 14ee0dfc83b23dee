// Which consents a submission gives, and with which words in front of the visitor. A check box carries the hash of its
// wording as its value, so a page that is older than the form still proves what was read; `on` or `true` means the wording
// of the form in the visitor's language. An empty check box says nothing: it is never a withdrawal.

import { type Wording, wordingsOf } from './consent-wording.ts'
import { CONSENT_PREFIX, type FormConsent, type FormDefinition } from './form.ts'
import { chooseLocale } from './form-locale.ts'
import type { SubmissionPayload } from './submission.ts'
import { isTicked } from './validate-submission.ts'

export interface GivenConsent {
  consent: FormConsent
  /** Null when the hash is none of this version: an older one must be asked. */
  wording: Wording | null
  /** The hash that came, null when the box said only "on". */
  hash: string | null
}

/** Consents that were ticked, in the order of the form. */
export function readConsents(
  form: FormDefinition,
  payload: SubmissionPayload,
  language: string | undefined,
): GivenConsent[] {
  const ticked = form.consents.filter(({ key }) => isTicked(payload[CONSENT_PREFIX + key]))
  if (ticked.length === 0) return []
  const wordings = wordingsOf(form)
  const locale = chooseLocale(form, language === undefined ? [] : [language])
  return ticked.map((consent) => {
    const hash = hashIn(payload[CONSENT_PREFIX + consent.key])
    const own = wordings.filter((wording) => wording.consent_key === consent.key)
    const wording = own.find((candidate) => (hash === null ? candidate.locale === locale : candidate.hash === hash))
    return { consent, wording: wording ?? null, hash }
  })
}

function hashIn(value: unknown): string | null {
  const hash = [value].flat().find((each) => typeof each === 'string' && /^[0-9a-f]{64}$/.test(each))
  return typeof hash === 'string' ? hash : null
}
