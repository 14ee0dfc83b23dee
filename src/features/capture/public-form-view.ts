/** A form as one visitor gets it: in their locale, with a token that says when it was rendered. */
import { randomBytes } from 'node:crypto'
import type { Ctx } from '../../ctx.ts'
import { wordingHash } from '../../domain/consent-wording.ts'
import { availabilityOf, CONSENT_PREFIX, type FormField } from '../../domain/form.ts'
import { chooseLocale, localesOf, localizeForm } from '../../domain/form-locale.ts'
import { issueTimingToken } from '../../domain/timing-token.ts'
import type { AddressedForm } from './form-address.ts'
import { submitPath } from './form-schemas.ts'
import { pageTexts } from './pages/page-texts.ts'

export type PublicFormView = ReturnType<typeof viewForm>

/** What a page needs to render the form; `wanted` are the languages that the visitor reads, best first. */
export function viewForm(ctx: Ctx, form: AddressedForm, wanted: readonly string[]) {
  const { definition } = form
  const { spam } = definition
  const texts = localizeForm(definition, chooseLocale(definition, wanted))
  const now = ctx.now()
  return {
    form_key: form.form_key,
    version: form.version,
    locale: texts.locale,
    locales: localesOf(definition),
    availability: availabilityOf(definition, now),
    title: texts.title,
    fields: texts.fields.map(viewField),
    consents: texts.consents.map(({ key, text, required }) => ({
      key,
      name: CONSENT_PREFIX + key,
      value: wordingHash(text),
      text,
      required,
    })),
    submit_label: texts.submit_label,
    success_message: texts.success_message,
    messages: { ...pageTexts(texts.locale), ...texts.messages },
    theme: definition.theme,
    submit_path: submitPath(form.public_key),
    honeypot_field: spam.honeypot_field,
    timing_token: issueTimingToken(ctx.secret, form, randomBytes(16), now),
    token_lifetime_seconds: spam.token_lifetime_seconds,
    challenge: spam.challenge,
    challenge_site_key: spam.challenge_site_key,
    proof_of_work_bits: spam.challenge === 'proof_of_work' ? spam.proof_of_work_bits : null,
  }
}

/** Lead fields -> tokens of the HTML standard, so that browsers fill them in. */
const AUTOCOMPLETE: Record<string, string> = {
  email: 'email',
  phone: 'tel',
  first_name: 'given-name',
  last_name: 'family-name',
  full_name: 'name',
  company_name: 'organization',
  job_title: 'organization-title',
  website: 'url',
  street: 'street-address',
  city: 'address-level2',
  region: 'address-level1',
  postal_code: 'postal-code',
  country: 'country',
}

function viewField({ maps_to, ...field }: FormField) {
  return { ...field, autocomplete: maps_to === null ? null : (AUTOCOMPLETE[maps_to] ?? null) }
}
