/** Consents that submissions give -> entries of the ledger. */
import type { Tx } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import { type GivenConsent, readConsents } from '../domain/read-consents.ts'
import { digest } from '../domain/submission-key.ts'
import { type ConsentRow, findWording } from './consent-queries.ts'
import type { ClaimedSubmission } from './submission-queries.ts'

/** What the ledger needs to know of a submission. */
export type ConsentingSubmission = Pick<
  ClaimedSubmission,
  'id' | 'form_key' | 'form_version' | 'payload' | 'context' | 'received_at'
>

/** How a consent of a form was given. */
const METHOD = 'form_checkbox'

export interface SubmissionConsents {
  rows: ConsentRow[]
  /** Consents that cannot be proven, and so are none: nobody knows what was read. */
  reasons: string[]
}

/** Entries for the consents of one submission; only a page that is older than its form costs a query. */
export async function consentsOf(
  tx: Tx,
  submission: ConsentingSubmission,
  form: FormDefinition,
  leadId: string,
  now: Date,
): Promise<SubmissionConsents> {
  const rows: ConsentRow[] = []
  const reasons: string[] = []
  for (const given of readConsents(form, submission.payload, submission.context.language)) {
    const proof = given.wording === null ? await olderWording(tx, submission, given) : proofOf(submission, given)
    if (proof === null) reasons.push(`consent.${given.consent.key}: unknown_wording`)
    else rows.push({ ...entryOf(submission, given, leadId, now), ...proof })
  }
  return { rows, reasons }
}

type Proof = Pick<ConsentRow, 'wording_hash' | 'wording' | 'wording_version' | 'locale'>

function proofOf(submission: ConsentingSubmission, { wording }: GivenConsent): Proof | null {
  if (wording === null) return null
  const version = `${submission.form_key}@${submission.form_version}`
  return { wording_hash: wording.hash, wording: wording.text, wording_version: version, locale: wording.locale }
}

async function olderWording(tx: Tx, submission: ConsentingSubmission, given: GivenConsent): Promise<Proof | null> {
  if (given.hash === null) return null
  const found = await findWording(tx, submission.form_key, given.consent.key, given.hash)
  if (found === undefined) return null
  const version = `${submission.form_key}@${found.form_version}`
  return { wording_hash: given.hash, wording: found.wording, wording_version: version, locale: found.locale }
}

function entryOf(submission: ConsentingSubmission, { consent, hash }: GivenConsent, leadId: string, now: Date) {
  const { context } = submission
  return {
    // The same submission processed again finds its own entry.
    id: digest('consent', submission.id, consent.key),
    lead_id: leadId,
    purpose: consent.purpose,
    channel: consent.channel,
    action: 'granted' as const,
    occurred_at: submission.received_at,
    recorded_at: now.toISOString(),
    expires_at: null,
    method: METHOD,
    actor: `form:${submission.form_key}`,
    form_key: submission.form_key,
    consent_key: consent.key,
    submission_id: submission.id,
    ip_prefix: context.ip_prefix ?? null,
    evidence: {
      // With the hash the page itself said which words it showed; without it they follow from form and language.
      wording_source: hash === null ? 'form_version' : 'page',
      ...(context.page_url !== undefined && { page_url: context.page_url }),
      ...(context.user_agent !== undefined && { user_agent: context.user_agent }),
    },
  }
}
