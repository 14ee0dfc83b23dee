/**
 * A published segment is evaluated for all leads by one set-based statement a page: PostgreSQL compares the condition with
 * the membership and hands over only those who cross, so that memory and writes follow what changes, not what there is.
 * They are locked before they are told; a lead that another writer has is left to the judge. One that has changed since it
 * was looked at is judged afterwards by what it is then: whoever changed it has marked it as work.
 */
import type { Ctx } from '../ctx.ts'
import { type Statement, type Tx, withWorkspace } from '../db/client.ts'
import { familySources } from '../db/condition-families-sql.ts'
import { conditionToSql } from '../db/condition-sql.ts'
import type { CompiledCondition } from '../domain/condition/compiled-condition.ts'
import type { LeadFacts } from '../domain/lead.ts'
import type { SegmentDefinition } from '../domain/segment/segment.ts'
import type { OperationRunner } from '../operations/run-operations.ts'
import { followPolicies, readPolicies } from '../policies/published-policies.ts'
import { catalogueOf } from './condition-catalogue.ts'
import { findWritePolicy } from './custom-fields.ts'
import { lockLeads } from './desk-queries.ts'
import { markWork } from './mark-work.ts'
import { countLeads, FIRST_ID } from './page-leads.ts'
import { lockFreeLeads } from './score/lead-page-queries.ts'
import { changeMembers } from './segments/change-members.ts'
import { listFirstMembers } from './segments/segment-queries.ts'
import { segmentsOf } from './segments/segment-stage.ts'

/** Leads looked at in one transaction: about 20 ms when nobody crosses. */
const PAGE = 5_000
/** Members that leave a retired segment in one transaction. */
const LEAVING = 2_000

const SYSTEM = { actor: 'system', origin: null }

/** Brings the members of a segment in line with its published condition; of a retired one, out. */
export const evaluateSegment: OperationRunner = {
  kind: 'segment_evaluation',
  run: async (ctx, { workspaceId, checkpoint, processed, input }, report) => {
    const key = String(input['segment_key'])
    let { after, entered, left } = { after: FIRST_ID, entered: 0, left: 0, ...(checkpoint as Partial<Progress>) }
    let seen = processed
    const total = await withWorkspace(ctx.db, workspaceId, countLeads)
    for (;;) {
      const page = await withWorkspace(ctx.db, workspaceId, async (tx) => {
        const done = await evaluatePage(ctx, tx, key, after)
        const next = { after: done.last, entered: entered + done.entered, left: left + done.left }
        await report(tx, { processed: seen + done.seen, total, checkpoint: next })
        return done
      })
      seen += page.seen
      entered += page.entered
      left += page.left
      after = page.last
      if (page.isLast) return { entered, left }
    }
  },
}

interface Progress {
  after: string
  entered: number
  left: number
}

async function evaluatePage(ctx: Ctx, tx: Tx, key: string, after: string) {
  const now = ctx.now()
  await followPolicies(tx)
  const [policy, policies] = await Promise.all([findWritePolicy(tx, tx.workspaceId), readPolicies(tx)])
  const published = policies.of<SegmentDefinition>('segment').find((one) => one.key === key)
  if (published === undefined) return await leavePage(tx, key, after, now)
  const catalogue = catalogueOf(tx.workspaceId, policy)
  const segment = segmentsOf({ policies, catalogue }).find((one) => one.key === key)
  // A static segment is nobody's business but its owner's; one that no longer compiles rests.
  if (segment === undefined) return { last: after, seen: 0, entered: 0, left: 0, isLast: true }
  const { last, seen } = await findPageEnd(tx, after)
  const crossings = seen === 0 ? [] : await listCrossings(tx, key, segment.condition, after, last, now)
  const matching = new Set(crossings.filter(({ matches }) => matches).map(({ id }) => id))
  const free = await lockCrossing(
    tx,
    crossings.map(({ id }) => id),
  )
  const crossers = {
    enter: free.filter(({ id }) => matching.has(id)),
    leave: free.filter(({ id }) => !matching.has(id)),
  }
  const done = await changeMembers(tx, SYSTEM, key, crossers, now)
  if (dependsOnTime(segment.condition)) await markPage(tx, after, last)
  return { last, seen, ...done, isLast: seen < PAGE }
}

/** Locks leads that cross, and has those judged that another writer has. */
async function lockCrossing(tx: Tx, ids: readonly string[]): Promise<LeadFacts[]> {
  const free = (await lockFreeLeads(tx, ids)).map(({ lead }) => lead)
  const known = new Set(free.map(({ id }) => id))
  await markWork(
    tx,
    ids.filter((id) => !known.has(id)),
    'segment',
  )
  return free
}

async function leavePage(tx: Tx, key: string, after: string, now: Date) {
  const ids = await listFirstMembers(tx, key, LEAVING)
  // Nobody judges them by a segment that there is no more: whoever has them is waited for.
  const leave = (await lockLeads(tx, ids)).map(({ lead }) => lead)
  const done = await changeMembers(tx, SYSTEM, key, { enter: [], leave }, now)
  return { last: after, seen: ids.length, ...done, isLast: ids.length < LEAVING }
}

const pageEndStatement: Statement = {
  name: 'find_page_end',
  text: `SELECT max(id::text) AS last, count(*) AS seen FROM (
    SELECT id FROM leads WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS page`,
}

async function findPageEnd(tx: Tx, after: string): Promise<{ last: string; seen: number }> {
  const [row] = await tx.query<{ last: string | null; seen: number }>(pageEndStatement, [tx.workspaceId, after, PAGE])
  return { last: row?.last ?? after, seen: row?.seen ?? 0 }
}

/** The leads of a page whose membership is not what the condition says. Planned anew: conditions differ in shape. */
async function listCrossings(
  tx: Tx,
  key: string,
  condition: CompiledCondition,
  after: string,
  last: string,
  now: Date,
): Promise<{ id: string; matches: boolean }[]> {
  const sources = familySources(tx.workspaceId)
  const { text, values } = conditionToSql(condition, { firstParameter: 5, alias: 'l', now, sources })
  const statement = `SELECT * FROM (
      SELECT l.id, (NOT l.archived AND ${text}) IS TRUE AS matches, m.lead_id IS NOT NULL AS is_member
      FROM leads l LEFT JOIN segment_members m ON m.workspace_id = $1 AND m.segment_key = $4 AND m.lead_id = l.id
        AND m.lead_id > $2 AND m.lead_id <= $3
      WHERE l.workspace_id = $1 AND l.id > $2 AND l.id <= $3) AS page
    WHERE matches <> is_member ORDER BY id`
  return await tx.query(statement, [tx.workspaceId, after, last, key, ...values])
}

/** Whether time alone may turn the condition: then the judge has to compute when, for each lead. */
function dependsOnTime({ groups }: CompiledCondition): boolean {
  return groups.flat().some(({ field, test }) => {
    if (test.kind === 'within_days' || test.kind === 'older_than_days' || field.source.kind === 'consent') return true
    return test.kind === 'did' && test.behaviour.withinDays !== null
  })
}

const idsStatement: Statement = {
  name: 'list_page_ids',
  text: 'SELECT id FROM leads WHERE workspace_id = $1 AND id > $2 AND id <= $3 ORDER BY id',
}

async function markPage(tx: Tx, after: string, last: string): Promise<void> {
  const rows = await tx.query<{ id: string }>(idsStatement, [tx.workspaceId, after, last])
  await markWork(
    tx,
    rows.map(({ id }) => id),
    'segment',
  )
}
