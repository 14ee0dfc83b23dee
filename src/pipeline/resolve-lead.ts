/** First step of the journey: who is this, and what do we now know about them. Decides on the desk; writes nothing. */

import { IDENTITY_POLICY, type MatchVerdict, matchIdentity, matchNobody } from '../domain/identity.ts'
import { externalIdentity, type Identity, type Intake } from '../domain/intake.ts'
import { BLANK_LEAD, type LeadFacts, leadFactsOf } from '../domain/lead.ts'
import { type Merged, mergeIntake } from '../domain/merge-intake.ts'
import { type KeptField, previousOf, SURVIVORSHIP_POLICY } from '../domain/survivorship.ts'
import { type Desk, leadOf, onDesk, putLead } from './desk.ts'
import { claimIdentities } from './identity-book.ts'

export type ResolveOutcome = 'created' | 'updated' | 'unchanged' | 'rejected'

/** What became of one intake. */
export interface Resolution {
  intake: Intake
  outcome: ResolveOutcome
  /** The lead that it is about; of a rejected intake the one that stands in its way. */
  lead: LeadFacts
  changed_fields: string[]
  previous: Record<string, unknown>
  match: MatchVerdict
  kept: KeptField[]
}

/** Stage of a lead that nothing has judged yet. */
const FIRST_STAGE = 'lead'

/** Finds or makes the lead of an intake and merges what it brings. */
export function resolveLead(desk: Desk, intake: Intake, now: Date): Resolution {
  const decide = intake.on_duplicate === 'create' ? matchNobody : matchIdentity
  const match = decide(intake.identities, (identity) => leadOf(desk, identity))
  const obstacle = match.conflict ?? (intake.on_duplicate === 'reject' ? match.lead_id : null)
  if (obstacle !== null) {
    const { lead } = onDesk(desk, obstacle)
    return { intake, outcome: 'rejected', lead, changed_fields: [], previous: {}, match, kept: [] }
  }
  return match.lead_id === null
    ? createFromIntake(desk, intake, match, now)
    : updateFromIntake(desk, intake, match.lead_id, match, now)
}

/** Makes a new lead of an intake; nobody else may have its exclusive identities unless that is wanted. */
export function createFromIntake(desk: Desk, intake: Intake, match: MatchVerdict, now: Date): Resolution {
  const blank = blankLead(intake.new_lead_id, now)
  const merged = mergeIntake(blank, {}, intake)
  const lead = { ...blank, ...merged.changed }
  putLead(desk, lead, merged.sources)
  claimIdentities(desk.book, lead.id, identitiesToClaim(intake, lead))
  return {
    intake,
    outcome: 'created',
    lead,
    changed_fields: Object.keys(merged.changed),
    previous: {},
    match,
    kept: merged.kept,
  }
}

const NEW_LEAD = leadFactsOf({
  ...BLANK_LEAD,
  id: '',
  stage_key: FIRST_STAGE,
  status: 'new',
  tags: [],
  custom_fields: {},
  metadata: {},
  external_ids: [],
  archived: false,
  version: 1,
  created_at: '',
  updated_at: '',
})

function blankLead(id: string, now: Date): LeadFacts {
  const at = now.toISOString()
  const own = { tags: [], custom_fields: {}, metadata: {}, external_ids: [] }
  return { ...NEW_LEAD, id, ...own, created_at: at, updated_at: at }
}

function updateFromIntake(desk: Desk, intake: Intake, id: string, match: MatchVerdict, now: Date): Resolution {
  const { lead, sources } = onDesk(desk, id)
  const merged: Merged = mergeIntake(lead, sources, intake)
  const { changed, kept } = merged
  const next: LeadFacts = { ...lead, ...changed, version: lead.version + 1, updated_at: now.toISOString() }
  claimIdentities(desk.book, id, identitiesToClaim(intake, next))
  const changedFields = Object.keys(changed)
  if (changedFields.length === 0)
    return { intake, outcome: 'unchanged', lead, changed_fields: [], previous: {}, match, kept }
  putLead(desk, next, merged.sources)
  const previous = previousOf(lead, changed)
  return { intake, outcome: 'updated', lead: next, changed_fields: changedFields, previous, match, kept }
}

/** What was typed identifies the lead from now on, but an external id only where the lead has room to show it. */
function identitiesToClaim(intake: Intake, lead: LeadFacts): Identity[] {
  const shown = lead.external_ids.map(externalIdentity)
  return intake.identities.filter(
    ({ kind, value }) =>
      !kind.startsWith('external:') || shown.some((other) => other.kind === kind && other.value === value),
  )
}

/** The receipt of a resolution: why this lead, which fields won, and who else was considered. */
export function receiptOf(resolution: Resolution, now: Date): Record<string, unknown> {
  const { intake, match, lead, outcome, changed_fields, kept } = resolution
  return {
    id: intake.receipt_id,
    lead_id: lead.id,
    kind: 'match',
    decided_at: now.toISOString(),
    policy: `${IDENTITY_POLICY} ${SURVIVORSHIP_POLICY}`,
    inputs: {
      source: intake.source,
      ...(intake.activity.type === 'form_submitted' && { submission_id: intake.id }),
      identities: intake.identities.map((identity) => identity.kind),
    },
    outcome: { outcome, rule: match.rule, changed_fields, kept, issues: intake.issues },
    rejected: match.rejected,
  }
}
