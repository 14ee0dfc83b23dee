/** What an API user sends about a lead -> an edit in canonical form, with every fault named by its place. */
import type { Caller, Ctx } from '../../ctx.ts'
import { type Intake, identitiesOf, normalizeFields, type RawLeadFields } from '../../domain/intake.ts'
import { type ExternalId, LEAD_STATUSES, LEAD_TEXT_FIELDS } from '../../domain/lead.ts'
import { addIds, type LeadEdit } from '../../domain/merge-edit.ts'
import { newId } from '../../domain/new-id.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import type { DedupePolicy } from '../../domain/workspace-settings.ts'
import { type ProblemItem, validationFailed } from '../../errors.ts'
import type { WritePolicy } from '../../pipeline/custom-fields.ts'
import { readOwnerId } from '../../pipeline/owner-references.ts'
import { type CollectionsInput, faultAt, faultsOfIssues, readCollections } from '../../pipeline/read-record.ts'
import { unknownAccount } from './lead-references.ts'

/** What a create or update may bring, as the schemas let it through. */
export interface LeadInput extends RawLeadFields, CollectionsInput {
  external_ids?: ExternalId[]
  source_key?: string | null
  campaign_key?: string | null
  status?: string
  archived?: boolean
  account_id?: string | null
  owner_id?: string | null
}

/** An edit in canonical form; throws 400 that names every fault. `country` is the one of phone numbers without a prefix. */
export function readLeadInput(
  policy: WritePolicy,
  input: LeadInput,
  country: string | null = policy.settings.default_country,
): LeadEdit {
  const raw = Object.fromEntries(
    LEAD_TEXT_FIELDS.filter((name) => input[name] !== undefined).map((name) => [name, input[name] ?? null]),
  )
  const { fields, issues } = normalizeFields(raw, country)
  const { tags, custom_fields, metadata, faults } = readCollections(policy, 'lead', input)
  const all = [...faultsOfIssues(issues), ...faults, ...faultsOfStatus(input.status)]
  if (all.length > 0) throw validationFailed(all)
  return {
    fields,
    custom_fields,
    metadata,
    replace: {
      ...(tags && { tags }),
      ...(input.external_ids && { external_ids: addIds([], input.external_ids) }),
      ...(input.source_key !== undefined && { source_key: input.source_key }),
      ...(input.campaign_key !== undefined && { campaign_key: input.campaign_key }),
      ...(input.status !== undefined && { status: input.status }),
      ...(input.archived !== undefined && { archived: input.archived }),
      ...(input.account_id !== undefined && { account_id: readAccountId(input.account_id) }),
      ...(input.owner_id !== undefined && { owner_id: readOwnerId(input.owner_id) }),
    },
    add_external_ids: [],
  }
}

function faultsOfStatus(status: string | undefined): ProblemItem[] {
  if (status === undefined || LEAD_STATUSES.some((known) => known === status)) return []
  return [faultAt('/status', 'invalid_value', `Must be one of: ${LEAD_STATUSES.join(', ')}.`)]
}

function readAccountId(id: string | null): string | null {
  const uuid = id === null ? null : decodeTypeId('account', id)
  if (uuid === undefined) throw unknownAccount()
  return uuid
}

/** What a new lead is made of; throws 400 when nothing in it tells who it is. */
export function intakeOf(ctx: Ctx, caller: Caller, edit: LeadEdit, onDuplicate: DedupePolicy): Intake {
  const { fields, replace } = edit
  const externalIds = addIds(replace.external_ids ?? [], edit.add_external_ids)
  const tells = LEAD_TEXT_FIELDS.some((field) => typeof fields[field] === 'string')
  if (externalIds.length === 0 && !tells) {
    throw validationFailed([faultAt('', 'required', 'Give at least one field that tells who this is.')])
  }
  const { status, archived, account_id, owner_id } = replace
  return {
    id: newId(),
    new_lead_id: newId(),
    receipt_id: newId(),
    by: 'person',
    source: 'api',
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: ctx.now().toISOString(),
    fields,
    custom_fields: withoutNulls(edit.custom_fields),
    metadata: withoutNulls(edit.metadata),
    tags: replace.tags ?? [],
    external_ids: externalIds,
    identities: identitiesOf(fields, externalIds),
    issues: [],
    set: {
      ...(status !== undefined && { status }),
      ...(archived !== undefined && { archived }),
      ...(typeof account_id === 'string' && { account_id }),
      ...(typeof owner_id === 'string' && { owner_id }),
    },
    source_key: replace.source_key ?? null,
    campaign_key: replace.campaign_key ?? null,
    attribution: {},
    activity: { type: 'lead_created', subject: null, data: {} },
    on_duplicate: onDuplicate,
  }
}

function withoutNulls<T>(map: Record<string, T>): Record<string, NonNullable<T>> {
  const kept = Object.entries(map).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(kept) as Record<string, NonNullable<T>> // the filter is what the type says
}
