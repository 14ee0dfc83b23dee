/** What a submission would become, by the same decisions in the same order, with nothing written. */
import type { Tx } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import type { Intake } from '../domain/intake.ts'
import { newId } from '../domain/new-id.ts'
import { readSubmission } from '../domain/read-submission.ts'
import { decideSpam, type SpamVerdict } from '../domain/spam/decide-spam.ts'
import { readTextSigns } from '../domain/spam/text-signs.ts'
import type { SubmissionContext, SubmissionPayload } from '../domain/submission.ts'
import { withDefaultsOfWorkspace } from './claim-batch.ts'
import { typeCustomFields } from './custom-fields.ts'
import { loadDesk } from './desk.ts'
import { factsOf } from './judge-spam.ts'
import { type RehearsedAnswers, rehearseAnswers } from './record-answers.ts'
import { type Resolution, resolveLead } from './resolve-lead.ts'
import { consentsOf, type SubmissionConsents } from './submission-consents.ts'

/** A submission that nobody has sent. */
export interface ImaginedSubmission {
  form_key: string
  form_version: number
  payload: SubmissionPayload
  context: SubmissionContext
}

export interface Rehearsal {
  spam: SpamVerdict
  /** Null when no value belongs to a lead. */
  resolution: Resolution | null
  consents: SubmissionConsents
  qualification: RehearsedAnswers
}

/** Others are not counted: a rehearsal is the first of its network and its text. */
const ALONE = { network_count: 1, form_count: 1, text_count: 1 }

/** Decides everything as for a real submission; quarantine is told, and what would follow a release as well. */
export async function rehearseSubmission(
  tx: Tx,
  definition: FormDefinition,
  imagined: ImaginedSubmission,
  now: Date,
): Promise<Rehearsal> {
  const form = await withDefaultsOfWorkspace(tx, definition)
  const submission = { ...imagined, id: newId(), received_at: now.toISOString() }
  const signs = readTextSigns(form, imagined.payload)
  const spam = decideSpam(factsOf(imagined, form, signs, ALONE, false), form.spam, now)
  const intake = readSubmission(form, submission, { lead: newId(), receipt: newId() })
  if (intake === null) {
    return { spam, resolution: null, consents: { rows: [], reasons: [] }, qualification: { answers: [], reasons: [] } }
  }
  const resolution = await resolve(tx, intake, now)
  const consents = await consentsOf(tx, submission, form, resolution.lead.id, now)
  return { spam, resolution, consents, qualification: await rehearseAnswers(tx, { submission, form, resolution }) }
}

async function resolve(tx: Tx, intake: Intake, now: Date): Promise<Resolution> {
  const [typed = intake] = await typeCustomFields(tx, [intake])
  return resolveLead(await loadDesk(tx, typed.identities), typed, now)
}
