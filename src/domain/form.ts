// A form is versioned data: which fields a visitor may send, how each is checked, where its value goes, which texts
// people read, and what counts as spam. Unknown fields are never refused: they are kept with the submission.

import type { Quiz } from './quiz.ts'
import { DEFAULT_SPAM_SETTINGS, type SpamSettings } from './spam/spam-settings.ts'

export const FORM_FIELD_TYPES = [
  'text',
  'textarea',
  'email',
  'phone',
  'url',
  'number',
  'date',
  'boolean',
  'select',
  'multi_select',
  'hidden',
  'file',
] as const

export type FormFieldType = (typeof FORM_FIELD_TYPES)[number]

export interface FormOption {
  value: string
  label: string
}

export interface FormField {
  /** Name of the field in the submission. */
  name: string
  type: FormFieldType
  label: string
  placeholder: string
  help: string
  required: boolean
  max_length: number | null
  /** Allowed values of select and multi_select. */
  options: FormOption[]
  /** Lead field, `custom_fields.<key>` or `criteria.<key>`; null keeps the value with the submission only. */
  maps_to: string | null
  /** Accepted files: media types (`application/pdf`, `image/*`) or extensions (`.pdf`); empty accepts any. */
  accept: string[]
  /** Largest file in bytes; null means the limit of the installation. */
  max_bytes: number | null
  /** Most files of the field. */
  max_files: number
}

/** A consent that the form asks for, as a check box of its own. */
export interface FormConsent {
  key: string
  purpose: string
  channel: string
  /** The exact wording; its hash is what the ledger proves. */
  text: string
  required: boolean
}

/** Texts of one field in another locale; an empty text falls back to the default locale. */
export interface FieldTexts {
  name: string
  label: string
  placeholder: string
  help: string
  options: FormOption[]
}

/** All texts of a form in one further locale; what is empty or left out falls back to the default locale. */
export interface FormLocale {
  locale: string
  title: string
  submit_label: string
  success_message: string
  fields: FieldTexts[]
  consents: { key: string; text: string }[]
  messages: Record<string, string>
}

export interface FormDefinition {
  title: string
  status: 'active' | 'disabled'
  fields: FormField[]
  submit_label: string
  success_message: string
  /** Own texts by message code (form-messages.ts) instead of the built-in ones. */
  messages: Record<string, string>
  /** Locale of the texts above. */
  default_locale: string
  locales: FormLocale[]
  consents: FormConsent[]
  /** The form takes submissions from this moment, and until that one. */
  publish_from: string | null
  publish_until: string | null
  /** Exact origins whose pages may submit; empty means any page. */
  allowed_origins: string[]
  /** Where a native form is sent after success, and the only other URLs it may ask for. */
  success_url: string | null
  allowed_redirects: string[]
  default_source_key: string | null
  default_campaign_key: string | null
  /** Country of phone numbers without a prefix and of leads that name none. */
  default_country: string | null
  spam: SpamSettings
  /** Answers that are worth points; null when there are none. */
  quiz: Quiz | null
  /** CSS variables (`--lw-…`) of the hosted page and the embedded form. */
  theme: Record<string, string>
}

/** What a definition needs at least; the rest has defaults. */
export type PartialDefinition = Pick<FormDefinition, 'title'> &
  Partial<Omit<FormDefinition, 'title' | 'fields' | 'locales' | 'consents' | 'spam'>> & {
    fields: (Pick<FormField, 'name' | 'type'> & Partial<FormField>)[]
    locales?: (Pick<FormLocale, 'locale'> &
      Partial<Omit<FormLocale, 'fields'>> & { fields?: (Pick<FieldTexts, 'name'> & Partial<FieldTexts>)[] })[]
    consents?: (Omit<FormConsent, 'required'> & Partial<FormConsent>)[]
    spam?: Partial<SpamSettings>
  }

/**
 * The definition with every default filled in. Also applied to stored ones: a version that an earlier release stored
 * lacks what was added since.
 */
export function completeDefinition(given: PartialDefinition): FormDefinition {
  return {
    status: 'active',
    submit_label: '',
    success_message: 'Thank you.',
    messages: {},
    default_locale: 'en',
    publish_from: null,
    publish_until: null,
    allowed_origins: [],
    success_url: null,
    allowed_redirects: [],
    default_source_key: null,
    default_campaign_key: null,
    default_country: null,
    quiz: null,
    theme: {},
    ...given,
    fields: given.fields.map((field) => ({ ...fieldDefaults(field.name), ...field })),
    locales: (given.locales ?? []).map((locale) => ({
      title: '',
      submit_label: '',
      success_message: '',
      consents: [],
      messages: {},
      ...locale,
      fields: (locale.fields ?? []).map((texts) => ({
        label: '',
        placeholder: '',
        help: '',
        options: [],
        ...texts,
      })),
    })),
    consents: (given.consents ?? []).map((consent) => ({ required: false, ...consent })),
    spam: { ...DEFAULT_SPAM_SETTINGS, ...given.spam },
  }
}

const fieldDefaults = (name: string) => ({
  label: name,
  placeholder: '',
  help: '',
  required: false,
  max_length: null,
  options: [],
  maps_to: null,
  accept: [],
  max_bytes: null,
  max_files: 1,
})

/** Prefix of the input names of consents: `consent.newsletter`. */
export const CONSENT_PREFIX = 'consent.'

/** Whether a form takes submissions, and if not, why. */
export const FORM_AVAILABILITIES = ['open', 'disabled', 'not_yet_open', 'closed'] as const
export type FormAvailability = (typeof FORM_AVAILABILITIES)[number]

/** Availability at a moment: `publish_from` is included, `publish_until` is not. */
export function availabilityOf(form: FormDefinition, now: Date): FormAvailability {
  if (form.status !== 'active') return 'disabled'
  if (form.publish_from !== null && now.getTime() < Date.parse(form.publish_from)) return 'not_yet_open'
  if (form.publish_until !== null && now.getTime() >= Date.parse(form.publish_until)) return 'closed'
  return 'open'
}
