/** First step of the journey: who is this, and what do we now know about them. Decides on the desk; writes nothing. */

import { IDENTITY_POLICY, type MatchVerdict, matchIdentity } from '../domain/identity.ts'
import type { Intake } from '../domain/intake.ts'
import type { FieldSource, LeadFacts } from '../domain/lead.ts'
import { decideFields, decideMap, isEqual, nextSources, SURVIVORSHIP_POLICY } from '../domain/survivorship.ts'
import { addLead, changeLead, claimIdentities, type Desk, leadOf } from './desk.ts'

export type ResolveOutcome = 'created' | 'updated' | 'unchanged' | 'rejected'

/** What became of one intake. */
export interface Resolution {
  intake: Intake
  outcome: ResolveOutcome
  lead: LeadFacts
  changed_fields: string[]
  previous: Record<string, unknown>
  match: MatchVerdict
  kept: { field: string; reason: string }[]
}

/** Stage of a lead that nothing has judged yet. */
const FIRST_STAGE = 'lead'

/** Finds or makes the lead of an intake and merges what it brings. */
export function resolveLead(desk: Desk, intake: Intake, now: Date): Resolution {
  const match =
    intake.on_duplicate === 'create' ? nobody() : matchIdentity(intake.identities, (identity) => leadOf(desk, identity))
  const found = match.lead_id === null ? undefined : desk.leads.get(match.lead_id)
  if (found === undefined) return createFromIntake(desk, intake, match, now)
  if (intake.on_duplicate === 'reject') {
    return { intake, outcome: 'rejected', lead: found.lead, changed_fields: [], previous: {}, match, kept: [] }
  }
  return updateFromIntake(desk, intake, match, now)
}

const nobody = (): MatchVerdict => ({ lead_id: null, rule: null, rejected: [] })

function sourceOf(intake: Intake): FieldSource {
  return { by: intake.by, source: intake.source, at: intake.occurred_at }
}

function createFromIntake(desk: Desk, intake: Intake, match: MatchVerdict, now: Date): Resolution {
  const at = now.toISOString()
  const lead: LeadFacts = {
    ...BLANK_FIELDS,
    ...(Object.fromEntries(
      Object.entries(intake.fields).filter(([, value]) => value !== undefined),
    ) as Partial<LeadFacts>),
    id: intake.new_lead_id,
    stage_key: FIRST_STAGE,
    status: 'new',
    source_key: intake.source_key,
    campaign_key: intake.campaign_key,
    owner_id: null,
    account_id: null,
    tags: [...new Set(intake.tags)],
    custom_fields: intake.custom_fields,
    metadata: intake.metadata,
    external_ids: intake.external_ids,
    archived: false,
    version: 1,
    created_at: at,
    updated_at: at,
  }
  const given = Object.keys(intake.fields).filter((field) => lead[field as keyof LeadFacts] !== null)
  addLead(desk, lead, nextSources({}, given, sourceOf(intake)))
  claimIdentities(desk, lead.id, intake.identities)
  return { intake, outcome: 'created', lead, changed_fields: given, previous: {}, match, kept: [] }
}

function updateFromIntake(desk: Desk, intake: Intake, match: MatchVerdict, now: Date): Resolution {
  const { lead, sources } = onDesk(desk, match.lead_id)
  const fields = decideFields(lead, sources, intake.fields, intake.by)
  const wider = widen(lead, intake)
  const changed = { ...fields.changed, ...wider.changed }
  const previous = { ...fields.previous, ...wider.previous }
  claimIdentities(desk, lead.id, intake.identities)
  const names = Object.keys(changed)
  if (names.length === 0)
    return { intake, outcome: 'unchanged', lead, changed_fields: [], previous: {}, match, kept: fields.kept }
  const next: LeadFacts = { ...lead, ...changed, version: lead.version + 1, updated_at: now.toISOString() }
  changeLead(desk, next, nextSources(sources, Object.keys(fields.changed), sourceOf(intake)))
  return { intake, outcome: 'updated', lead: next, changed_fields: names, previous, match, kept: fields.kept }
}

/** The lead of an id that is known to be on the desk. */
export function onDesk(desk: Desk, id: string | null) {
  const found = id === null ? undefined : desk.leads.get(id)
  if (found === undefined) throw new Error('the lead is not on the desk')
  return found
}

/** Collections grow, maps merge key by key, first touch keeps source and campaign, and a returning lead is no longer archived. */
function widen(lead: LeadFacts, intake: Intake): { changed: Partial<LeadFacts>; previous: Partial<LeadFacts> } {
  const known = new Set(lead.external_ids.map((id) => `${id.system}\u0000${id.external_id}`))
  const next: Partial<LeadFacts> = {
    tags: [...new Set([...lead.tags, ...intake.tags])],
    custom_fields: decideMap(lead.custom_fields, intake.custom_fields) ?? lead.custom_fields,
    metadata: { ...lead.metadata, ...intake.metadata },
    external_ids: [
      ...lead.external_ids,
      ...intake.external_ids.filter((id) => !known.has(`${id.system}\u0000${id.external_id}`)),
    ],
    source_key: lead.source_key ?? intake.source_key,
    campaign_key: lead.campaign_key ?? intake.campaign_key,
    archived: false,
  }
  const entries = Object.entries(next).filter(([field, value]) => !isEqual(lead[field as keyof LeadFacts], value))
  return {
    changed: Object.fromEntries(entries),
    previous: Object.fromEntries(entries.map(([field]) => [field, lead[field as keyof LeadFacts]])),
  }
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
      intake_id: intake.id,
      identities: intake.identities.map((identity) => identity.kind),
    },
    outcome: { outcome, rule: match.rule, changed_fields, kept, issues: intake.issues },
    rejected: match.rejected,
  }
}

const BLANK_FIELDS = {
  email: null,
  email_domain: null,
  phone: null,
  phone_raw: null,
  first_name: null,
  last_name: null,
  full_name: null,
  company_name: null,
  job_title: null,
  website: null,
  domain: null,
  street: null,
  city: null,
  region: null,
  postal_code: null,
  country: null,
  language: null,
  time_zone: null,
}
