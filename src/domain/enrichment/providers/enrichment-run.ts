// One passage of a lead through the providers of its policy, as it is stored and shown.

export const RUN_STATES = ['queued', 'succeeded', 'empty', 'failed', 'skipped'] as const
export type RunState = (typeof RUN_STATES)[number]

export const RUN_CAUSES = ['changed', 'request', 'refresh'] as const
export type RunCause = (typeof RUN_CAUSES)[number]

/** How asking one provider ended. `not_asked` says why in `reason`; `postponed` may be tried again by the same run. */
export const STEP_OUTCOMES = ['found', 'empty', 'failed', 'postponed', 'not_asked', 'in_doubt'] as const
export type StepOutcome = (typeof STEP_OUTCOMES)[number]

/** A value of an answer that was not taken. */
export interface KeptValue {
  field: string
  reason: string
}

export interface RunStep {
  provider: string
  outcome: StepOutcome
  reason: string | null
  /** Fields that were written. */
  fields: string[]
  /** Fields that were found and not written, and why; absent in what earlier releases stored. */
  kept?: KeptValue[]
  cost_micros: number
  /** Passage of the run in which this happened, from 0. */
  round: number
  /** True when a remembered answer served. */
  remembered: boolean
  at: string
  duration_ms: number | null
}

/** Steps after which a provider is not asked again by the same run. */
export function isSettled({ outcome }: RunStep): boolean {
  return outcome !== 'postponed' && outcome !== 'in_doubt'
}

/** How a run that asks nobody any more has ended. */
export function endOf(steps: readonly RunStep[]): { state: RunState; reason: string | null } {
  const last = new Map(steps.map((step) => [step.provider, step]))
  const all = [...last.values()]
  if (steps.some(({ fields }) => fields.length > 0)) return { state: 'succeeded', reason: null }
  const fault = all.find(({ outcome }) => outcome === 'failed' || outcome === 'postponed')
  if (fault !== undefined) return { state: 'failed', reason: fault.reason }
  if (all.some(({ outcome }) => outcome === 'found' || outcome === 'empty')) return { state: 'empty', reason: null }
  return { state: 'skipped', reason: all[0]?.reason ?? 'nothing_wanted' }
}
