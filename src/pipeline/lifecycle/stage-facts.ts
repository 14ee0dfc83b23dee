/** A judged lead as the decisions about its stage see it, and what they leave behind for later stages to see. */
import type { StayFacts } from '../../domain/condition/family-facts.ts'
import type { StageFacts } from '../../domain/lifecycle/decide-stage.ts'
import type { FrameworkVerdict, QualificationVerdict } from '../../domain/lifecycle/qualification.ts'
import { type JudgedLead, setFamily } from '../judge/judge-desk.ts'

/** What the lead's stage depends on beside the conditions; changes while it is judged. */
export interface StageState {
  stay: StayFacts
  statuses: Readonly<Record<string, string>>
  verdicts: Readonly<Record<string, FrameworkVerdict>>
}

/** The state of a lead as it was loaded. */
export function stateOf(
  judged: JudgedLead,
  qualification: Pick<StageState, 'statuses' | 'verdicts'> | undefined,
): StageState {
  const { statuses = {}, verdicts = {} } = qualification ?? {}
  return { stay: judged.loaded.stay, statuses, verdicts }
}

/** The facts of a decision about a lead's stage. */
export function factsOf(judged: JudgedLead, { stay, statuses, verdicts }: StageState): StageFacts {
  return {
    stage_key: judged.lead.stage_key,
    moved_at: stay.entered_at,
    conditions: judged.facts,
    statuses,
    verdicts,
  }
}

/** Lets conditions see a new stay. */
export function showStay(judged: JudgedLead, stay: StayFacts): void {
  setFamily(judged, 'lifecycle', {
    stage_entered_at: stay.entered_at ?? judged.lead.created_at,
    previous_stage_key: stay.from_stage,
    stage_reason: stay.reason,
    wake_at: stay.wake_at,
    stages: [...stay.left, judged.lead.stage_key],
  })
}

/** Lets conditions see a new verdict. */
export function showVerdict(
  judged: JudgedLead,
  { statuses, verdicts }: Omit<QualificationVerdict, 'next_change_at'>,
): void {
  const parts = Object.entries(verdicts).flatMap(([framework, verdict]) =>
    Object.entries(verdict).map(([part, value]) => [`${framework}.${part}`, value] as const),
  )
  setFamily(judged, 'qualification', Object.fromEntries(parts))
  setFamily(judged, 'criterion', statuses)
}
