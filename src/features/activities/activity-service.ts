/** What people record about leads: one, many, or a correction. Each is a fact of the change feed. */

import type { PendingChange } from '../../changes/change.ts'
import { recordChange, recordChanges } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { type ActivityFacts, type ActivityInput, applyActivity, differingFields } from '../../domain/activity.ts'
import { toActivity } from '../../domain/activity-wire.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import { newId } from '../../domain/new-id.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { requireVersion } from '../../http/etag.ts'
import { insertRows } from '../../pipeline/desk-queries.ts'
import { markWork } from '../../pipeline/mark-work.ts'
import { faultAt } from '../../pipeline/read-record.ts'
import { type ItemResult, runBatch } from '../../pipeline/run-batch.ts'
import { listKnownLeads, listKnownUsers, lockActivity, updateActivity } from './activity-queries.ts'

export interface NewActivity extends ActivityInput {
  lead_id: string
  type: string
}

/** Records one activity; 422 when there is no such lead. */
export async function recordActivity(ctx: Ctx, caller: Caller, given: NewActivity): Promise<ActivityFacts> {
  const [result] = await recordActivities(ctx, caller, [given], false)
  if (result === undefined || result.outcome === 'failed') throw result?.problem ?? new Error('one item has one result')
  return result.record
}

/** Records activities; the results are in the order of the items. */
export async function recordActivities(
  ctx: Ctx,
  caller: Caller,
  items: (NewActivity | ApiError)[],
  atomic: boolean,
): Promise<ItemResult<ActivityFacts>[]> {
  return await runBatch({
    db: ctx.db,
    workspaceId: caller.workspaceId,
    items,
    atomic,
    decide: async (tx, part) => {
      const now = ctx.now()
      const read = part.map((item) => (item instanceof ApiError ? item : readActivity(caller, item, now)))
      const wanted = read.flatMap((item) => (item instanceof ApiError ? [] : [item]))
      const leads = await listKnownLeads(tx, [...new Set(wanted.map(({ lead_id }) => lead_id))])
      const users = await listKnownUsers(tx, [...new Set(wanted.flatMap(({ assignee_id }) => assignee_id ?? []))])
      const results = read.map((item): ItemResult<ActivityFacts> => {
        if (item instanceof ApiError) return { outcome: 'failed', problem: item }
        if (!leads.has(item.lead_id)) return { outcome: 'failed', problem: unknownLead() }
        if (item.assignee_id !== null && !users.has(item.assignee_id))
          return { outcome: 'failed', problem: unknownUser() }
        return { outcome: 'created', record: item }
      })
      const records = results.flatMap((result) => (result.outcome === 'failed' ? [] : [result.record]))
      return { results, write: () => writeNew(tx, caller, records, now) }
    },
  })
}

function readActivity(caller: Caller, { lead_id, type, ...given }: NewActivity, now: Date): ActivityFacts | ApiError {
  const leadId = decodeTypeId('lead', lead_id)
  if (leadId === undefined) return unknownLead()
  const at = now.toISOString()
  const blank: ActivityFacts = {
    id: newId(),
    lead_id: leadId,
    type,
    occurred_at: at,
    actor: caller.actor,
    subject: null,
    body: null,
    data: {},
    assignee_id: null,
    due_at: null,
    done_at: null,
    receipt_id: null,
    version: 1,
    updated_at: at,
  }
  // The details of a new activity are kept as they came: a merge would drop what is null.
  const { data = {}, ...others } = given
  const verdict = applyActivity({ ...blank, data }, withUuid(others), now)
  return verdict.ok
    ? verdict.activity
    : validationFailed(verdict.faults.map((fault) => ({ ...fault, parameter: null })))
}

const unknownLead = () => refusal('/lead_id', 'unknown_lead', 'No such lead.')
const unknownUser = () => refusal('/assignee_id', 'unknown_user', 'No such user.')

const refusal = (pointer: string, code: string, detail: string) =>
  new ApiError('unprocessable', detail, { items: [faultAt(pointer, code, detail)] })

/** The seller's id as it is stored. */
function withUuid({ assignee_id, ...given }: ActivityInput): ActivityInput {
  if (assignee_id === undefined) return given
  return { ...given, assignee_id: assignee_id === null ? null : (decodeTypeId('user', assignee_id) ?? null) }
}

/** In the order of their leads, as all writers go, so that two batches about the same leads wait in one order. */
async function writeNew(tx: Tx, caller: Caller, records: ActivityFacts[], now: Date): Promise<void> {
  const sorted = [...records].sort((a, b) => (a.lead_id < b.lead_id ? -1 : 1))
  await insertRows(
    tx,
    'activities',
    sorted.map((record) => ({ ...record })),
  )
  await markWork(
    tx,
    sorted.map(({ lead_id }) => lead_id),
    'activity',
  )
  recordChanges(
    tx,
    records.map((record) => changeOf('activity.recorded', caller, record, [], {}, now)),
  )
}

/** Corrects an activity or completes a task; 422 for what the service told itself. */
export async function updateActivityOf(
  ctx: Ctx,
  caller: Caller,
  id: string,
  given: ActivityInput,
  expectedVersion: ExpectedVersion,
): Promise<ActivityFacts> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockActivity(tx, id)
    if (before === undefined) throw notFound('activity')
    if (before.version === null) throw new ApiError('unprocessable', 'What the service told itself never changes.')
    requireVersion(expectedVersion, before.version)
    const now = ctx.now()
    const verdict = applyActivity(before, withUuid(given), now)
    if (!verdict.ok) throw validationFailed(verdict.faults.map((fault) => ({ ...fault, parameter: null })))
    const fields = differingFields(before, verdict.activity)
    if (fields.length === 0) return before
    const { assignee_id } = verdict.activity
    if (
      fields.includes('assignee_id') &&
      assignee_id !== null &&
      !(await listKnownUsers(tx, [assignee_id])).has(assignee_id)
    )
      throw unknownUser()
    const after = { ...verdict.activity, version: before.version + 1, updated_at: now.toISOString() }
    await updateActivity(tx, after)
    await markWork(tx, [after.lead_id], 'activity')
    recordChange(tx, changeOf('activity.updated', caller, after, fields, previousOf(before, fields), now))
    return after
  })
}

/** Former values in wire form. */
function previousOf(before: ActivityFacts, fields: string[]): Record<string, unknown> {
  const wire: Record<string, unknown> = toActivity(before)
  return Object.fromEntries(fields.map((field) => [field, wire[field]]))
}

function changeOf(
  type: 'activity.recorded' | 'activity.updated',
  { actor, origin }: Caller,
  activity: ActivityFacts,
  fields: string[],
  previous: Record<string, unknown>,
  now: Date,
): PendingChange {
  return {
    type,
    object_id: activity.id,
    actor,
    origin,
    occurred_at: now.toISOString(),
    object: toActivity(activity),
    changed_fields: fields,
    previous,
  }
}
