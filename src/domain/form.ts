// A form is versioned data: which fields a visitor may send, how each is checked, and where its value goes.
// Unknown fields are never refused: they are kept with the submission (domain.md 1).

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
  required: boolean
  max_length: number | null
  /** Allowed values of select and multi_select. */
  options: FormOption[]
  /** Lead field, or `custom_fields.<key>`; null keeps the value with the submission only. */
  maps_to: string | null
}

export interface FormDefinition {
  title: string
  status: 'active' | 'disabled'
  fields: FormField[]
  /** Exact origins whose pages may submit; empty means any page. */
  allowed_origins: string[]
  /** Where a native form is sent after success, and the only other URLs it may ask for. */
  success_url: string | null
  allowed_redirects: string[]
  success_message: string
  default_source_key: string | null
  default_campaign_key: string | null
  /** Country of phone numbers without a prefix and of leads that name none. */
  default_country: string | null
}
