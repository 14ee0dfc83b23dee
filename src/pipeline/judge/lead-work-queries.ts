/** Every statement about marked leads: claim with their facts, settle, postpone. */
import type { Statement, Tx } from '../../db/client.ts'
import { type FieldSources, type LeadFacts, leadFactsOf } from '../../domain/lead.ts'
import { GIVEN_BACK, GIVEN_BACK_ENDS } from '../given-back.ts'

export const sweepDueLeads: Statement = {
  name: 'sweep_due_leads',
  text: `SELECT w.id AS workspace_id FROM workspaces w WHERE EXISTS (
    SELECT FROM lead_work m WHERE m.workspace_id = w.id AND m.due_at <= now()) LIMIT $1`,
}

/** A marked lead, locked together with its mark until the transaction ends. */
export interface ClaimedLead {
  lead: LeadFacts
  sources: FieldSources
  reasons: string[]
  /** How often it was judged right before because of its own verdicts. */
  round: number
  generation: number
  attempt: number
  /** Somebody gave it back, and nobody has it yet. */
  isGivenBack: boolean
}

/** The reason of a lead that is judged once more because of its own verdicts, kept as often as that has happened. */
const FOLLOW_UP = 'follow_up'

// Marks first, in the order of their index and no more than fit the batch, or a backlog would be joined anew for each
// batch; then their leads, one look for each, whatever the planner thinks of their number. What another writer holds is
// skipped: it marks the lead anew or ends soon, and nobody here waits for anybody. Due is what either clock calls due:
// tests move the clock of decisions.
// Who was given back and found nobody is on the list of the unrouted, and given back until somebody has it: the latest
// assignment tells. Asked only of those few.
const IS_GIVEN_BACK = `CASE WHEN '${GIVEN_BACK}' = ANY (due.reasons)
        OR EXISTS (SELECT FROM unrouted_leads u WHERE u.workspace_id = $1 AND u.lead_id = l.id)
      THEN (SELECT a.ended_at IS NOT NULL AND a.end_reason IN (${GIVEN_BACK_ENDS.map((end) => `'${end}'`).join(', ')})
        FROM assignments a WHERE a.workspace_id = $1 AND a.lead_id = l.id
        ORDER BY a.ended_at IS NULL DESC, a.assigned_at DESC, a.id DESC LIMIT 1) END`
const claimOf = (which: string) => `WITH due AS MATERIALIZED (
      SELECT lead_id, reasons, generation, attempt FROM lead_work
      WHERE workspace_id = $1 AND due_at <= (SELECT greatest($2::timestamptz, now())) ${which} FOR UPDATE SKIP LOCKED)
    SELECT l.*, due.reasons AS work_reasons, due.generation AS work_generation, due.attempt AS work_attempt,
      ${IS_GIVEN_BACK} AS is_given_back
    FROM due CROSS JOIN LATERAL (
      SELECT l.*, s.sources FROM leads l JOIN lead_field_sources s ON s.workspace_id = l.workspace_id AND s.lead_id = l.id
      WHERE l.workspace_id = $1 AND l.id = due.lead_id FOR UPDATE OF l SKIP LOCKED) AS l`

// The moment and the limit are no values of the plan: a claim would be planned anew each time (db/plan-once.ts).
const claimStatement = (limit: number): Statement => ({
  name: `claim_leads ${limit}`,
  text: claimOf(`ORDER BY due_at LIMIT ${limit}`),
})
const claimOneStatement: Statement = { name: 'claim_one_lead', text: claimOf('AND lead_id = $3') }

type ClaimRow = LeadFacts & {
  sources: FieldSources
  work_reasons: string[]
  work_generation: number
  work_attempt: number
  is_given_back: boolean | null
}

const toClaimed = (row: ClaimRow): ClaimedLead => ({
  lead: leadFactsOf(row),
  sources: row.sources,
  reasons: [...new Set(row.work_reasons)],
  round: row.work_reasons.filter((reason) => reason === FOLLOW_UP).length,
  generation: row.work_generation,
  attempt: row.work_attempt,
  // The lead is as committed when it was locked; the rest of the row may be a moment older.
  isGivenBack: row.is_given_back === true && row.owner_id === null,
})

/** Claims up to `limit` due leads, the longest due first. */
export async function claimLeads(tx: Tx, now: Date, limit: number): Promise<ClaimedLead[]> {
  return (await tx.query<ClaimRow>(claimStatement(limit), [tx.workspaceId, now.toISOString()])).map(toClaimed)
}

/** Claims one due lead; none when it is not due any more or somebody else has it. */
export async function claimLead(tx: Tx, now: Date, leadId: string): Promise<ClaimedLead[]> {
  return (await tx.query<ClaimRow>(claimOneStatement, [tx.workspaceId, now.toISOString(), leadId])).map(toClaimed)
}

const deleteStatement: Statement = {
  name: 'delete_lead_work',
  text: 'DELETE FROM lead_work WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])',
}
const wakeStatement: Statement = {
  name: 'wake_leads',
  text: `UPDATE lead_work AS m SET due_at = greatest(r.due_at, now() + interval '1 second'), reasons = '{time}', attempt = 0
    FROM unnest($2::uuid[], $3::timestamptz[]) AS r (lead_id, due_at) WHERE m.workspace_id = $1 AND m.lead_id = r.lead_id`,
}

const followStatement: Statement = {
  name: 'follow_up_leads',
  text: `UPDATE lead_work AS m SET due_at = now(), reasons = array_fill('${FOLLOW_UP}'::text, ARRAY[r.round]), attempt = 0
    FROM unnest($2::uuid[], $3::int[]) AS r (lead_id, round) WHERE m.workspace_id = $1 AND m.lead_id = r.lead_id`,
}

/** How the work on a lead ends. */
export interface WorkEnd {
  id: string
  /** The next moment at which something turns; null when nothing will. */
  wakeAt: Date | null
  /** Number of the next round, when it is to be judged once more at once. */
  round: number | null
}

/** Ends the work on judged leads: gone, waiting, or due once more. */
export function settleWork(tx: Tx, judged: readonly WorkEnd[]): void {
  const again = judged.flatMap(({ id, round }) => (round === null ? [] : [{ id, round }]))
  const ended = judged.filter(({ round }) => round === null)
  const done = ended.filter(({ wakeAt }) => wakeAt === null).map(({ id }) => id)
  const waiting = ended.flatMap(({ id, wakeAt }) => (wakeAt === null ? [] : [{ id, at: wakeAt.toISOString() }]))
  const idsOf = (ends: { id: string }[]) => ends.map(({ id }) => id)
  if (done.length > 0) tx.send(deleteStatement, [tx.workspaceId, done])
  if (waiting.length > 0) tx.send(wakeStatement, [tx.workspaceId, idsOf(waiting), waiting.map(({ at }) => at)])
  if (again.length > 0) tx.send(followStatement, [tx.workspaceId, idsOf(again), again.map(({ round }) => round)])
}

const postponeStatement: Statement = {
  name: 'postpone_lead',
  text: `UPDATE lead_work SET attempt = $4, due_at = $5 WHERE workspace_id = $1 AND lead_id = $2 AND generation = $3`,
}

/** Puts a failed lead off, or parks it (`dueAt` null), unless it has been marked anew since. */
export async function postponeLead(
  tx: Tx,
  { leadId, generation, attempt, dueAt }: { leadId: string; generation: number; attempt: number; dueAt: Date | null },
): Promise<void> {
  await tx.query(postponeStatement, [tx.workspaceId, leadId, generation, attempt, dueAt?.toISOString() ?? null])
}
