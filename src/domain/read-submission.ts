// From raw submission to intake: the form's version of that day says which value goes where. Values that map nowhere
// stay with the submission; nothing is thrown away.
import type { FormDefinition, FormField } from './form.ts'
import { type Intake, identitiesOf, normalizeFields, type RawLeadFields } from './intake.ts'
import { LEAD_TEXT_FIELDS, type LeadTextField } from './lead.ts'
import { normalizeLanguage } from './normalize/language.ts'
import { quizPoints } from './quiz.ts'
import type { SubmissionContext, SubmissionPayload } from './submission.ts'

const LEAD_FIELDS = new Set<string>(LEAD_TEXT_FIELDS)

export interface ReceivedSubmission {
  id: string
  form_key: string
  payload: SubmissionPayload
  context: SubmissionContext
  received_at: string
}

/** The intake of a submission, or null when no value of it belongs to a lead. */
export function readSubmission(
  form: FormDefinition,
  submission: ReceivedSubmission,
  ids: { lead: string; receipt: string },
): Intake | null {
  const raw: RawLeadFields = {}
  const customFields: Record<string, unknown> = {}
  for (const field of form.fields) place(field, submission.payload[field.name], raw, customFields)
  const points = quizPoints(form, submission.payload)
  if (points !== null && form.quiz !== null) customFields[form.quiz.maps_to.slice('custom_fields.'.length)] = points
  const { fields, issues } = normalizeFields(raw, form.default_country)
  const given =
    Object.values(fields).some((value) => value !== null) || Object.keys(customFields).length > 0 || issues.length > 0
  if (!given) return null
  const attribution = submission.context.attribution ?? {}
  return {
    id: submission.id,
    new_lead_id: ids.lead,
    receipt_id: ids.receipt,
    by: 'person',
    source: `form:${submission.form_key}`,
    actor: `form:${submission.form_key}`,
    origin: null,
    occurred_at: submission.received_at,
    fields,
    custom_fields: customFields,
    metadata: {},
    tags: [],
    external_ids: [],
    identities: identitiesOf(fields, []),
    issues,
    inferred: {
      country: form.default_country,
      language: normalizeLanguage(submission.context.language ?? ''),
    },
    source_key: form.default_source_key ?? slugOf(attribution['utm_source']) ?? 'website',
    campaign_key: form.default_campaign_key ?? slugOf(attribution['utm_campaign']),
    attribution: attributionOf(submission.context),
    activity: {
      type: 'form_submitted',
      subject: form.title,
      data: { form_key: submission.form_key, submission_id: submission.id, issues },
    },
    on_duplicate: 'update',
  }
}

function place(field: FormField, value: unknown, raw: RawLeadFields, customFields: Record<string, unknown>): void {
  if (field.maps_to === null || value === undefined || value === null || value === '') return
  if (field.maps_to.startsWith('custom_fields.')) customFields[field.maps_to.slice('custom_fields.'.length)] = value
  else if (LEAD_FIELDS.has(field.maps_to)) raw[field.maps_to as LeadTextField] = textOf(value)
}

/** Several values of one name (check boxes) read as a list in one line. */
function textOf(value: unknown): string {
  return Array.isArray(value)
    ? value.map(textOf).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
}

/** A free text of a URL parameter as a key of ours. */
function slugOf(text: string | undefined): string | null {
  const slug = (text ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 64)
  return slug === '' ? null : slug
}

function attributionOf(context: SubmissionContext): Record<string, string> {
  return {
    ...context.attribution,
    ...(context.referrer !== undefined && { referrer: context.referrer }),
    ...(context.page_url !== undefined && { page_url: context.page_url }),
    ...(context.landing_page !== undefined && { landing_page: context.landing_page }),
    ...(context.visitor_id !== undefined && { visitor_id: context.visitor_id }),
  }
}
