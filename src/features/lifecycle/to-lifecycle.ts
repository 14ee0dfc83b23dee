/** The lifecycle that a request means: what it leaves out has its default. */
import type {
  LifecyclePolicy,
  Mover,
  Stage,
  StageKind,
  StageReason,
  Transition,
} from '../../domain/lifecycle/lifecycle-policy.ts'
import type {
  Criterion,
  CriterionStatus,
  CriterionValue,
  Framework,
  FrameworkCriterion,
} from '../../domain/lifecycle/qualification.ts'

type Keyed<T extends { key: string }> = Pick<T, 'key'> & Partial<T>

/** What a request must say at least. */
export interface LifecycleBody
  extends Partial<Pick<LifecyclePolicy, 'no_skip' | 'no_backwards' | 'cool_down_seconds' | 'min_confidence'>>,
    Pick<LifecyclePolicy, 'title' | 'initial_stage' | 'accept_stage' | 'recycle_stage'> {
  stages: (Omit<Keyed<Stage>, 'kind'> & { kind?: string })[]
  transitions: (Omit<Keyed<Transition>, 'to' | 'by' | 'framework_needs'> & {
    to: string
    by: string[]
    framework_needs?: string
  })[]
  reasons?: Keyed<StageReason>[]
  criteria?: (Omit<Keyed<Criterion>, 'values'> & {
    values?: (Pick<CriterionValue, 'value'> & { status: string; confidence?: number | null })[]
  })[]
  frameworks?: (Omit<Keyed<Framework>, 'criteria'> & {
    criteria: (Pick<FrameworkCriterion, 'criterion'> & Partial<FrameworkCriterion>)[]
  })[]
}

/** The complete definition; open enums were let through by the schema and are checked with the rest. */
export function toLifecycle(body: LifecycleBody): LifecyclePolicy {
  return {
    title: body.title,
    initial_stage: body.initial_stage,
    stages: body.stages.map(({ key, label = key, kind = 'path', qualified = false }) => ({
      key,
      label,
      kind: kind as StageKind,
      qualified,
    })),
    transitions: body.transitions.map((given) => ({
      key: given.key,
      from: given.from ?? [],
      to: given.to,
      by: given.by as Mover[],
      gate: given.gate ?? null,
      framework: given.framework ?? null,
      framework_needs: (given.framework_needs ?? 'qualified') as Transition['framework_needs'],
      criteria: given.criteria ?? [],
      reason_required: given.reason_required ?? false,
    })),
    no_skip: body.no_skip ?? false,
    no_backwards: body.no_backwards ?? true,
    cool_down_seconds: body.cool_down_seconds ?? 0,
    accept_stage: body.accept_stage,
    recycle_stage: body.recycle_stage,
    reasons: (body.reasons ?? []).map(({ key, label = key, to = null, wake_after_days = null }) => ({
      key,
      label,
      to,
      wake_after_days,
    })),
    criteria: (body.criteria ?? []).map(({ key, label = key, question = '', valid_days = null, values = [] }) => ({
      key,
      label,
      question,
      valid_days,
      values: values.map(({ value, status, confidence = null }) => ({
        value,
        status: status as CriterionStatus,
        confidence,
      })),
    })),
    frameworks: (body.frameworks ?? []).map(({ key, label = key, min_score = 0, criteria }) => ({
      key,
      label,
      criteria: criteria.map(({ criterion, weight = 1, required = true }) => ({ criterion, weight, required })),
      min_score,
    })),
    min_confidence: body.min_confidence ?? 0,
  }
}
