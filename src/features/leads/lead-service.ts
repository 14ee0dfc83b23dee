/** Writes to leads that come through the API: the same journey as a form, or an explicit edit. */
import { uuidv7 } from 'uuidv7'
import type { Caller, Ctx } from '../../ctx.ts'
import {
  type Intake,
  type IntakeIssue,
  identitiesOf,
  normalizeFields,
  type RawLeadFields,
} from '../../domain/intake.ts'
import { type ExternalId, LEAD_TEXT_FIELDS, type LeadFacts } from '../../domain/lead.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { editLead, type LeadEdit } from '../../pipeline/edit-lead.ts'
import { runJourney } from '../../pipeline/journey.ts'
import { withJourney } from '../../pipeline/with-journey.ts'

/** What a create or update may bring, as the schemas let it through. */
export interface LeadInput extends RawLeadFields {
  tags?: string[]
  custom_fields?: Record<string, unknown>
  metadata?: Record<string, string>
  external_ids?: ExternalId[]
  source_key?: string | null
  campaign_key?: string | null
  status?: string
  archived?: boolean
}

export type OnDuplicate = Intake['on_duplicate']

/** Creates a lead, or updates the known one; `created` tells which. */
export async function createLead(
  ctx: Ctx,
  caller: Caller,
  input: LeadInput,
  onDuplicate: OnDuplicate,
): Promise<{ lead: LeadFacts; created: boolean }> {
  const intake = intakeOf(ctx, caller, input, onDuplicate)
  const [resolution] = await withJourney(ctx.db, caller.workspaceId, (tx) => runJourney(tx, [intake], ctx.now()))
  if (resolution === undefined) throw new Error('one intake has one resolution')
  if (resolution.outcome === 'rejected') throw duplicateOf(resolution.lead.id)
  return { lead: resolution.lead, created: resolution.outcome === 'created' }
}

/** Changes a lead by merge patch. */
export async function updateLead(
  ctx: Ctx,
  caller: Caller,
  id: string,
  input: LeadInput,
  expectedVersion: number | null,
): Promise<LeadFacts> {
  const result = await withJourney(ctx.db, caller.workspaceId, (tx) =>
    editLead(tx, caller, id, editOf(input), expectedVersion, ctx.now()),
  )
  if (result.outcome === 'not_found') throw notFound('lead')
  if (result.outcome === 'stale')
    throw new ApiError('precondition_failed', 'The lead has changed since you read it; read it again.')
  if (result.outcome === 'duplicate') throw duplicateOf(result.existing_id)
  return result.lead
}

/** Hides a lead from lists; everything about it stays. */
export async function archiveLead(ctx: Ctx, caller: Caller, id: string, expectedVersion: number | null): Promise<void> {
  await updateLead(ctx, caller, id, { archived: true }, expectedVersion)
}

function duplicateOf(id: string): ApiError {
  return new ApiError('duplicate', 'A lead with this e-mail or external id exists.', {
    extra: { existing_id: encodeTypeId('lead', id) },
  })
}

const rawFieldsOf = (input: LeadInput): RawLeadFields =>
  Object.fromEntries(
    LEAD_TEXT_FIELDS.filter((name) => input[name] !== undefined).map((name) => [name, input[name] ?? null]),
  )

/** An API user can correct what a visitor cannot: a value without a canonical form is refused, not kept. */
function requireNoIssues(issues: IntakeIssue[]): void {
  if (issues.length > 0)
    throw validationFailed(
      issues.map(({ field, code, detail }) => ({ code, detail, pointer: `/${field}`, parameter: null })),
    )
}

function intakeOf(ctx: Ctx, caller: Caller, input: LeadInput, onDuplicate: OnDuplicate): Intake {
  const { fields, issues } = normalizeFields(rawFieldsOf(input), input.country ?? null)
  requireNoIssues(issues)
  const externalIds = input.external_ids ?? []
  if (externalIds.length === 0 && !Object.values(fields).some((value) => value !== null)) {
    throw validationFailed([
      { code: 'required', detail: 'Give at least one field that tells who this is.', pointer: '', parameter: null },
    ])
  }
  return {
    id: uuidv7(),
    new_lead_id: uuidv7(),
    receipt_id: uuidv7(),
    by: 'person',
    source: 'api',
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: ctx.now().toISOString(),
    fields,
    custom_fields: withoutNulls(input.custom_fields ?? {}),
    metadata: input.metadata ?? {},
    tags: input.tags ?? [],
    external_ids: externalIds,
    identities: identitiesOf(fields, externalIds),
    issues: [],
    source_key: input.source_key ?? null,
    campaign_key: input.campaign_key ?? null,
    attribution: {},
    activity: { type: 'lead_created', subject: null, data: {} },
    on_duplicate: onDuplicate,
  }
}

const withoutNulls = (map: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null))

function editOf(input: LeadInput): LeadEdit {
  const { fields, issues } = normalizeFields(rawFieldsOf(input), input.country ?? null)
  requireNoIssues(issues)
  const { tags, custom_fields, metadata, external_ids, source_key, campaign_key, status, archived } = input
  const replace = {
    tags: tags && [...new Set(tags)],
    metadata,
    external_ids,
    source_key,
    campaign_key,
    status,
    archived,
  }
  return {
    fields,
    ...(custom_fields !== undefined && { custom_fields }),
    replace: Object.fromEntries(Object.entries(replace).filter(([, value]) => value !== undefined)),
  }
}
