/**
 * The last stage of the judge: who enters a sequence by what has become of them, and a look at what they are in. The
 * moments at which a lead came into a segment or stage say whether it is news, so a trigger that fires twice enters once.
 */
import type { Statement, Tx } from '../../db/client.ts'
import { nextTimeChange } from '../../domain/condition/next-change.ts'
import type { EnrollmentRow } from '../../domain/sequence/enrollment.ts'
import { earliest } from '../../domain/sequence/wait-until.ts'
import { type JudgeDesk, type JudgedLead, wakeAt } from '../judge/judge-desk.ts'
import type { Stage } from '../judge/stage.ts'
import { newEnrollment, refusalOf, startEnrollments } from './enroll-leads.ts'
import { loadContactFacts } from './enrollment-facts.ts'
import { type EarlierRow, listEarlier, wakeEnrollments } from './enrollment-queries.ts'
import { compiledOf, type PublishedSequence } from './find-sequence.ts'

export const sequenceStage: Stage = {
  name: 'sequences',
  load: async (tx, desk) => {
    const ids = [...desk.leads.keys()]
    const triggered = desk.policies
      .of('sequence')
      .filter((one) => (one as PublishedSequence).definition.entry.kind !== 'manual') as PublishedSequence[]
    const entered: EnrollmentRow[] = []
    const run = {
      decide: (_: JudgedLead) => {},
      write: async (tx: Tx) => {
        if (entered.length > 0) await startEnrollments(tx, entered, desk.now)
        if ((await wakeEnrollments(tx, ids, desk.now)) > 0) tx.announce('enrollments')
      },
    }
    if (triggered.length === 0) return run
    const [contact, earlier, publishedAt, members] = await Promise.all([
      loadContactFacts(
        tx,
        [...desk.leads.values()].map(({ lead }) => lead),
        [],
      ),
      listEarlier(tx, tx.workspaceId, ids),
      listPublished(tx),
      listArrivals(
        tx,
        ids,
        triggered.flatMap(({ definition }) => definition.entry.segment_key ?? []),
      ),
    ])
    return {
      ...run,
      decide: (judged) => {
        for (const sequence of triggered) {
          wakeForEntry(desk, judged, sequence)
          if (!isTriggered(desk, earlier, judged, sequence, publishedAt.get(sequence.key), members)) continue
          if (refusalOf(desk, contact, earlier, judged, sequence, true) !== null) continue
          entered.push(newEnrollment(desk, judged, sequence, `entry:${sequence.definition.entry.kind}`))
        }
      },
    }
  },
}

/** A condition that time alone makes true is looked at in time. */
function wakeForEntry({ catalogue, now }: JudgeDesk, judged: JudgedLead, { definition }: PublishedSequence): void {
  const { entry } = compiledOf(catalogue, definition)
  if (definition.entry.kind !== 'condition' || entry === null) return
  wakeAt(judged, earliest(nextTimeChange(entry, judged.facts, now)))
}

/**
 * Since when the sequence has been published without a break, whichever version: a new version, which takes over in the
 * moment in which the one before is retired, is no new chance to enter. Whoever came while it was out of use is no news.
 */
const publishedStatement: Statement = {
  name: 'list_first_publications',
  text: `SELECT v.policy_key AS key, max(v.published_at) AS since FROM policy_versions v
    WHERE v.workspace_id = $1 AND v.kind = 'sequence' AND v.published_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM policy_versions b WHERE b.workspace_id = $1 AND b.kind = 'sequence'
        AND b.policy_key = v.policy_key AND b.version < v.version AND b.retired_at = v.published_at)
    GROUP BY v.policy_key`,
}

async function listPublished(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.query<{ key: string; since: string }>(publishedStatement, [tx.workspaceId])
  return new Map(rows.map(({ key, since }) => [key, since]))
}

const arrivalsStatement: Statement = {
  name: 'list_segment_arrivals',
  text: `SELECT lead_id, segment_key, entered_at FROM segment_members
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND segment_key = ANY($3::text[])`,
}

/** When these leads came into these segments, by `<lead>/<segment>`. */
async function listArrivals(tx: Tx, ids: readonly string[], keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.query<{ lead_id: string; segment_key: string; entered_at: string }>(arrivalsStatement, [
    tx.workspaceId,
    ids,
    keys,
  ])
  return new Map(rows.map(({ lead_id, segment_key, entered_at }) => [`${lead_id}/${segment_key}`, entered_at]))
}

/** Whether the trigger of a sequence has fired for a lead since it was last in there. */
function isTriggered(
  desk: JudgeDesk,
  earlier: readonly EarlierRow[],
  judged: JudgedLead,
  { key, definition }: PublishedSequence,
  publishedAt: string | undefined,
  members: ReadonlyMap<string, string>,
): boolean {
  const { entry } = definition
  const own = earlier.filter((row) => row.lead_id === judged.id && row.sequence_key === key)
  const since = arrivalOf(desk, judged, entry, members)
  if (since === null) return false
  if (since === 'now') return true
  const lastStart = own
    .map(({ started_at }) => started_at)
    .sort()
    .at(-1)
  if (lastStart !== undefined && since <= lastStart) return false
  return entry.includes_present || publishedAt === undefined || since >= publishedAt
}

/** When the lead came to where the entry looks; null when it is not there, `now` when no moment is known. */
function arrivalOf(
  desk: JudgeDesk,
  { lead, facts }: JudgedLead,
  entry: PublishedSequence['definition']['entry'],
  members: ReadonlyMap<string, string>,
): string | 'now' | null {
  const readFact = (name: string) => {
    const field = desk.catalogue.get(name)
    return field === undefined ? undefined : facts.read(field, desk.now)
  }
  if (entry.kind === 'stage') {
    if (lead.stage_key !== entry.stage_key) return null
    const entered = readFact('lifecycle.stage_entered_at')
    return typeof entered === 'string' ? entered : lead.created_at
  }
  if (entry.kind === 'segment') {
    const segments = readFact('segments')
    if (!Array.isArray(segments) || !segments.includes(entry.segment_key)) return null
    // Who is not stored as a member yet has come in by this very judgement.
    return members.get(`${lead.id}/${entry.segment_key}`) ?? 'now'
  }
  return 'now'
}
