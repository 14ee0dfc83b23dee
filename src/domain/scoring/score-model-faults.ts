// What can be wrong with a score model beyond the shape of its document: names that are not there, bounds the wrong way
// round, thresholds that nobody could reach in their order. Everything is told at once, with its place.
import type { FieldCatalogue } from '../condition/field-catalogue.ts'
import { validateCondition } from '../condition/validate-condition.ts'
import type { ScoreModel } from './score-model.ts'

export interface ScoreModelFault {
  code: string
  detail: string
  pointer: string
}

/** Every fault of a model in a workspace with these fields. */
export function findScoreModelFaults(model: ScoreModel, catalogue: FieldCatalogue): ScoreModelFault[] {
  const { fit, engagement } = model
  return [
    ...faultsOfBounds(fit, '/fit'),
    ...faultsOfBounds(engagement, '/engagement'),
    ...faultsOfKeys(fit.rules, '/fit/rules'),
    ...faultsOfKeys(engagement.rules, '/engagement/rules'),
    ...faultsOfKeys(model.bands, '/bands'),
    ...fit.rules.flatMap(({ condition }, i) => faultsOfCondition(condition, catalogue, `/fit/rules/${i}/condition`)),
    ...engagement.rules.flatMap(({ min_points, max_points }, i) =>
      min_points !== null && max_points !== null && min_points > max_points
        ? [
            {
              code: 'invalid_value',
              detail: 'Must not be above max_points.',
              pointer: `/engagement/rules/${i}/min_points`,
            },
          ]
        : [],
    ),
    ...faultsOfOrder(
      model.grades,
      ({ grade }) => 'ABCDE'.indexOf(grade),
      ({ min_fit }) => min_fit,
      '/grades',
    ),
    ...faultsOfOrder(
      model.tiers,
      ({ tier }) => tier,
      ({ min_engagement }) => min_engagement,
      '/tiers',
    ),
    ...faultsOfOrder(
      model.bands,
      (_, i) => i,
      ({ min_total }) => min_total,
      '/bands',
    ),
  ]
}

function faultsOfCondition(condition: unknown, catalogue: FieldCatalogue, pointer: string): ScoreModelFault[] {
  const verdict = validateCondition(condition, catalogue, pointer)
  if (!verdict.ok) return verdict.faults
  return verdict.condition.groups.flatMap((terms, i) =>
    terms.flatMap(({ field }, k) =>
      field.source.kind === 'score'
        ? [
            {
              code: 'not_allowed_here',
              detail: 'A score cannot ask for a score.',
              pointer: `${pointer}/any/${i}/all/${k}/field`,
            },
          ]
        : [],
    ),
  )
}

function faultsOfBounds({ min, max }: { min: number; max: number }, pointer: string): ScoreModelFault[] {
  return min <= max ? [] : [{ code: 'invalid_value', detail: 'Must not be above max.', pointer: `${pointer}/min` }]
}

function faultsOfKeys(items: { key: string }[], pointer: string): ScoreModelFault[] {
  const seen = new Set<string>()
  return items.flatMap(({ key }, i) => {
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [{ code: 'duplicate', detail: 'There is another one with this key.', pointer: `${pointer}/${i}/key` }]
  })
}

/** Best first, each with a lower threshold than the one before. */
function faultsOfOrder<T>(
  items: T[],
  rankOf: (item: T, i: number) => number,
  thresholdOf: (item: T) => number,
  pointer: string,
): ScoreModelFault[] {
  return items.flatMap((item, i) => {
    const before = items[i - 1]
    if (before === undefined) return []
    const isOrdered = rankOf(before, i - 1) < rankOf(item, i) && thresholdOf(before) > thresholdOf(item)
    const detail = 'The best comes first, each with a lower threshold than the one before.'
    return isOrdered ? [] : [{ code: 'invalid_value', detail, pointer: `${pointer}/${i}` }]
  })
}
