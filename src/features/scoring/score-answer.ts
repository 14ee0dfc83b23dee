/** Scores between what services know and the wire. */
import { etagOf } from '../../http/etag.ts'
import type { OverrideRow, ScoreHistoryRow } from './score-queries.ts'
import type { ExplainedScore } from './score-service.ts'

/** The wire form of a score. */
export function toLeadScore({ override, as_of, next_change_at, contributions, history, ...score }: ExplainedScore) {
  return {
    ...score,
    as_of: as_of.toISOString(),
    override: override && toOverride(override),
    next_change_at: next_change_at?.toISOString() ?? null,
    contributions: contributions.map(({ key, ...contribution }) => ({ ...contribution, rule: key })),
    history: history.map(toHistoryEntry),
  }
}

function toOverride({ model_key: _, version, ...override }: OverrideRow) {
  return { ...override, etag: etagOf(version) }
}

/** The wire form of a former score. */
export function toHistoryEntry({ id: _, model_key: __, parts, ...row }: ScoreHistoryRow) {
  return { ...row, rules: parts }
}
