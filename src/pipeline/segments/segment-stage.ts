/** The stage of the judge that lets leads enter and leave dynamic segments, and wakes them when time alone may. */
import { onceFor } from '../../domain/condition/compile-once.ts'
import { matchesCondition } from '../../domain/condition/evaluate-condition.ts'
import { nextTimeChange } from '../../domain/condition/next-change.ts'
import { nameVersion } from '../../domain/policy.ts'
import { type CompiledSegment, compileSegments, type SegmentDefinition } from '../../domain/segment/segment.ts'
import { listSegmentsOfLeads } from '../facts/family-queries.ts'
import {
  type JudgeDesk,
  type JudgedLead,
  keepReceipt,
  noteNews,
  setFamily,
  tellChange,
  wakeAt,
} from '../judge/judge-desk.ts'
import type { Stage } from '../judge/stage.ts'
import { type Crossing, enterSegments, leaveSegments } from './segment-queries.ts'

export const segmentStage: Stage = {
  name: 'segments',
  follows: ['segment'],
  load: async (tx, desk) => {
    const segments = segmentsOf(desk)
    const ids = [...desk.leads.keys()]
    const rows = await listSegmentsOfLeads(tx, tx.workspaceId, ids)
    const members = new Map(rows.map(({ lead_id, segments: keys }) => [lead_id, keys]))
    const entered: Crossing[] = []
    const left: Crossing[] = []
    return {
      decide: (judged) => {
        const crossed = cross(desk, judged, segments, members.get(judged.id) ?? [])
        entered.push(...crossed.entered.map((segment_key) => ({ segment_key, lead_id: judged.id })))
        left.push(...crossed.left.map((segment_key) => ({ segment_key, lead_id: judged.id })))
      },
      write: async (tx) => {
        const at = desk.now.toISOString()
        await Promise.all([leaveSegments(tx, left, at), enterSegments(tx, entered, 'system', at)])
      },
    }
  },
}

/** The published dynamic segments in the order of their questions, compiled once. */
export function segmentsOf({ policies, catalogue }: Pick<JudgeDesk, 'policies' | 'catalogue'>): CompiledSegment[] {
  const published = policies.of<SegmentDefinition>('segment')
  return onceFor(catalogue, published, () => compileSegments(published, catalogue))
}

/** Which segments the lead enters and leaves; a segment sees those before it as they are now. */
function cross(
  desk: JudgeDesk,
  judged: JudgedLead,
  segments: readonly CompiledSegment[],
  before: readonly string[],
): { entered: string[]; left: string[] } {
  const current = new Set(before)
  const entered: CompiledSegment[] = []
  const left: CompiledSegment[] = []
  setFamily(judged, 'segments', { segments: [...current] })
  for (const segment of segments) {
    const { key, condition } = segment
    const matches = !judged.lead.archived && matchesCondition(condition, judged.facts, desk.now)
    wakeAt(judged, nextTimeChange(condition, judged.facts, desk.now))
    if (matches === current.has(key)) continue
    if (matches) current.add(key)
    else current.delete(key)
    ;(matches ? entered : left).push(segment)
    setFamily(judged, 'segments', { segments: [...current] })
  }
  tell(desk, judged, entered, left, before, [...current])
  return { entered: entered.map(({ key }) => key), left: left.map(({ key }) => key) }
}

function tell(
  desk: JudgeDesk,
  judged: JudgedLead,
  entered: readonly CompiledSegment[],
  left: readonly CompiledSegment[],
  before: readonly string[],
  after: readonly string[],
): void {
  const crossed = [...entered, ...left]
  if (crossed.length === 0) return
  noteNews(judged, 'segments')
  keepReceipt(desk, judged, {
    kind: 'segment',
    policy: crossed.map((segment) => nameVersion('segment', segment)).join(' '),
    inputs: { segments: before },
    outcome: { entered: entered.map(({ key }) => key), left: left.map(({ key }) => key) },
  })
  for (const { key } of entered) tellCrossing(desk, judged, 'segment.entered', key, before, after)
  for (const { key } of left) tellCrossing(desk, judged, 'segment.left', key, before, after)
}

function tellCrossing(
  desk: JudgeDesk,
  judged: JudgedLead,
  type: 'segment.entered' | 'segment.left',
  segment_key: string,
  before: readonly string[],
  after: readonly string[],
): void {
  tellChange(desk, judged, type, { segments: before }, { details: { segment_key, segments: after } })
}
