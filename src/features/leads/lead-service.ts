/** Writes to leads that come through the API: the same journey as a form, an explicit edit, or an upsert. */

import type { Caller, Ctx } from '../../ctx.ts'
import type { Tx } from '../../db/client.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import { identitiesOf } from '../../domain/intake.ts'
import type { ExternalId, LeadFacts } from '../../domain/lead.ts'
import { addIds, type LeadEdit } from '../../domain/merge-edit.ts'
import { findWritePolicy, type WritePolicy } from '../../pipeline/custom-fields.ts'
import { editLead } from '../../pipeline/edit-lead.ts'
import { runJourney } from '../../pipeline/journey.ts'
import { readOnDuplicate } from '../../pipeline/read-record.ts'
import { type LeadUpsert, upsertLead as upsert } from '../../pipeline/upsert-lead.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { isWritten, problemOf, type WriteResult } from '../../pipeline/write-result.ts'
import { intakeOf, type LeadInput, readLeadInput } from './lead-input.ts'
import { findReferences, refuseReferences } from './lead-references.ts'
import { moveByKey, type StageInput } from './move-by-key.ts'
import { listCountriesOfLeads } from './phone-of-lead.ts'

/** Creates a lead, or updates the known one; `created` tells which. */
export async function createLead(
  ctx: Ctx,
  caller: Caller,
  input: LeadInput & StageInput,
  onDuplicate: string | undefined,
): Promise<{ lead: LeadFacts; created: boolean }> {
  const { outcome, lead } = await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const policy = await findWritePolicy(tx, caller.workspaceId)
    const edit = readLeadInput(policy, input)
    await requireReferences(tx, edit)
    const intake = intakeOf(ctx, caller, edit, readOnDuplicate(policy, onDuplicate))
    const [resolution] = await runJourney(tx, [intake], ctx.now())
    if (resolution === undefined) throw new Error('one intake has one resolution')
    // The receipt of a rejection is kept: it is told after the commit.
    if (resolution.outcome === 'rejected') return resolution
    return { ...resolution, lead: await moveByKey(tx, caller, resolution.lead, input, ctx.now()) }
  })
  if (outcome === 'rejected') throw problemOfLead({ outcome: 'duplicate', existing_id: lead.id })
  return { lead, created: outcome === 'created' }
}

/** Changes a lead by merge patch. */
export async function updateLead(
  ctx: Ctx,
  caller: Caller,
  id: string,
  input: LeadInput & StageInput,
  expectedVersion: ExpectedVersion,
): Promise<LeadFacts> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const policy = await findWritePolicy(tx, caller.workspaceId)
    const [country] = await listCountriesOfLeads(tx, policy, [{ input, id }])
    const edit = readLeadInput(policy, input, country)
    await requireReferences(tx, edit)
    const { record } = requireWritten(await editLead(tx, caller, id, edit, expectedVersion, ctx.now()))
    return await moveByKey(tx, caller, record, input, ctx.now())
  })
}

/** Hides a lead from lists; everything about it stays. */
export async function archiveLead(
  ctx: Ctx,
  caller: Caller,
  id: string,
  expectedVersion: ExpectedVersion,
): Promise<void> {
  await updateLead(ctx, caller, id, { archived: true }, expectedVersion)
}

/** What the caller of an upsert says beside the fields. */
export interface UpsertWishes {
  onDuplicate: string | undefined
  expectedVersion: ExpectedVersion
  createOnly: boolean
  createIfMissing: boolean
}

/** Creates or changes the lead of an id in another system; `created` tells which. */
export async function upsertLead(
  ctx: Ctx,
  caller: Caller,
  externalId: ExternalId,
  input: LeadInput & StageInput,
  wishes: UpsertWishes,
): Promise<{ lead: LeadFacts; created: boolean }> {
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const policy = await findWritePolicy(tx, caller.workspaceId)
    const given = { ...input, external_ids: addIds([externalId], input.external_ids ?? []) }
    const [country] = await listCountriesOfLeads(tx, policy, [{ input: given, id: null }])
    const wanted = upsertOf(ctx, caller, policy, given, { onDuplicate: wishes.onDuplicate, country })
    await requireReferences(tx, wanted.edit)
    const { createOnly, createIfMissing, expectedVersion } = wishes
    // Only the id of the path addresses the lead; further ones in the body join it.
    const address = { ...wanted.address, externalIds: [externalId], createOnly, createIfMissing }
    const result = await upsert(tx, caller, { ...wanted, address, expectedVersion }, ctx.now())
    const { outcome, record } = requireWritten(result)
    return { lead: await moveByKey(tx, caller, record, input, ctx.now()), created: outcome === 'created' }
  })
}

/** An upsert that finds its lead by external id, else by e-mail. */
export function upsertOf(
  ctx: Ctx,
  caller: Caller,
  policy: WritePolicy,
  input: LeadInput,
  wishes: { onDuplicate: string | undefined; country: string | null | undefined; id?: string | null },
): LeadUpsert {
  const { onDuplicate, country, id = null } = wishes
  const { external_ids: externalIds = [], ...fields } = input
  const edit = { ...readLeadInput(policy, fields, country), add_external_ids: addIds([], externalIds) }
  const wanted = readOnDuplicate(policy, onDuplicate)
  const { email } = edit.fields
  return {
    address: {
      id,
      externalIds,
      description: typeof email === 'string' ? identitiesOf({ email }, []) : [],
      onDuplicate: wanted,
      createOnly: false,
      createIfMissing: true,
    },
    edit,
    // What is addressed by its id is never made anew.
    intake: id === null ? intakeOf(ctx, caller, edit, wanted) : null,
    expectedVersion: null,
  }
}

async function requireReferences(tx: Tx, edit: LeadEdit): Promise<void> {
  const problem = refuseReferences(await findReferences(tx, [edit]), edit)
  if (problem !== null) throw problem
}

function requireWritten(result: WriteResult<LeadFacts>) {
  if (isWritten(result)) return result
  throw problemOfLead(result)
}

const problemOfLead = (result: Parameters<typeof problemOf>[2]) => problemOf('lead', 'e-mail or external id', result)
