/** The next due submissions of a workspace with what the decisions about them need, in one short transaction. */
import type { Ctx } from '../ctx.ts'
import { type Tx, withWorkspace } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import { readTextSigns, type TextSigns } from '../domain/spam/text-signs.ts'
import { countSightings, type SightingCounts } from './count-sightings.ts'
import { findWritePolicy } from './custom-fields.ts'
import { type ClaimedSubmission, claimSubmissions, findFormVersion } from './submission-queries.ts'

export interface SubmissionBatch {
  claimed: ClaimedSubmission[]
  /** By `versionKey`. */
  forms: ReadonlyMap<string, FormDefinition>
  /** By id of the submission. */
  signs: ReadonlyMap<string, TextSigns>
  counts: ReadonlyMap<string, SightingCounts>
}

/** Key of the form version that received a submission. */
export const versionKey = (submission: { form_key: string; form_version: number }) =>
  `${submission.form_key}@${submission.form_version}`

/** Claims up to `limit` submissions; an empty batch means that nothing is due. */
export async function claimBatch(ctx: Ctx, workspaceId: string, limit: number): Promise<SubmissionBatch> {
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const claimed = await claimSubmissions(tx, limit, ctx.config.LEASE_SECONDS)
    const forms = await loadForms(tx, claimed)
    const signs = new Map<string, TextSigns>()
    for (const submission of claimed) {
      const form = forms.get(versionKey(submission))
      if (form !== undefined) signs.set(submission.id, readTextSigns(form, submission.payload))
    }
    return { claimed, forms, signs, counts: await countSightings(tx, claimed, signs) }
  })
}

async function loadForms(tx: Tx, claimed: ClaimedSubmission[]): Promise<Map<string, FormDefinition>> {
  const forms = new Map<string, FormDefinition>()
  for (const submission of claimed) {
    const key = versionKey(submission)
    if (forms.has(key)) continue
    const form = await findFormVersion(tx, submission.form_key, submission.form_version)
    if (form !== undefined) forms.set(key, await withDefaultsOfWorkspace(tx, form))
  }
  return forms
}

/** The form with the country of the workspace where it names none. */
export async function withDefaultsOfWorkspace(tx: Tx, form: FormDefinition): Promise<FormDefinition> {
  if (form.default_country !== null) return form
  const { settings } = await findWritePolicy(tx, tx.workspaceId)
  return { ...form, default_country: settings.default_country }
}
