/** A clock as people read it: for each target when it is due and where it stands. Notes that wait are followed on paper. */
import type { Tx } from '../../db/client.ts'
import { followNotes } from '../../domain/sla/follow-notes.ts'
import { findMoment } from '../../domain/sla/sla-clock.ts'
import { SLA_TARGETS, type SlaTarget } from '../../domain/sla/sla-policy.ts'
import { type ClockRow, toClock } from './clock-queries.ts'
import { loadHours } from './load-hours.ts'
import { findSlaDefinition } from './sla-definitions.ts'

export const SLA_CLOCK_STATES = ['pending', 'running', 'paused', 'ended'] as const
export const SLA_TARGET_STATES = ['open', 'at_risk', 'breached', 'met', 'ended'] as const

export interface DescribedClock {
  state: (typeof SLA_CLOCK_STATES)[number]
  policy_key: string | null
  policy_version: number | null
  targets: DescribedTarget[]
}

export interface DescribedTarget {
  target: SlaTarget
  state: (typeof SLA_TARGET_STATES)[number]
  due_at: string | null
  breached: boolean
}

/** Describes a clock at a moment (epoch milliseconds). */
export async function describeClock(tx: Tx, row: ClockRow, at: number): Promise<DescribedClock> {
  const { policy_key, policy_version } = row
  if (policy_key === null || policy_version === null)
    return { state: row.ended_at === null ? 'pending' : 'ended', policy_key, policy_version, targets: [] }
  const definition = await findSlaDefinition(tx, tx.workspaceId, policy_key, policy_version)
  const calendar = (await loadHours(tx, row.user_id === null ? [] : [row.user_id]))(definition, row.user_id)
  const ended = row.ended_at !== null
  const now = ended ? Date.parse(row.ended_at ?? '') : at
  const { clock, happened } = followNotes(definition, calendar, toClock(row), row.notes, { now, ended })
  const has = (kind: string, target: SlaTarget) =>
    happened.some((event) => event.kind === kind && event.target === target)
  const targets = SLA_TARGETS.flatMap((target): DescribedTarget[] => {
    const seconds = definition.targets[`${target}_seconds`]
    if (seconds === null) return []
    const breached = row.breached.includes(target) || has('breached', target)
    const risky = row.at_risk.includes(target) || has('at_risk', target)
    const isMet = clock.met.includes(target)
    const state = isMet ? 'met' : breached ? 'breached' : ended ? 'ended' : risky ? 'at_risk' : 'open'
    const due = isMet || ended ? null : findMoment(clock, seconds * 1000, calendar)
    return [{ target, state, due_at: due === null ? null : new Date(due).toISOString(), breached }]
  })
  const state = ended ? 'ended' : clock.counted_from === null ? 'paused' : 'running'
  return { state, policy_key, policy_version, targets }
}
