/** The fairness report: every decision of the pools in a time, read from its explanation. */
import type { Ctx } from '../../ctx.ts'
import type { CandidateReason } from '../../domain/routing/explanation.ts'
import { unpackTrial } from '../../domain/routing/explanation.ts'
import { countFairness, type MemberFairness, mixScores } from '../../domain/routing/fairness.ts'
import { membersOf, type PoolMember, type TeamDocument } from '../../domain/routing/team-document.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { listTeamVersions } from './assignment-queries.ts'
import { type DecisionRow, listDecisions, listWeights } from './rehearsal-queries.ts'

/** Decisions read at a time. */
const PAGE = 5_000

export interface FairnessWish {
  from: string
  to: string
  pool: string | null
}

/** Counts a time. Weights are those of the pools then, and of the users now. */
export async function reportFairness(ctx: Ctx, workspaceId: string, wish: FairnessWish) {
  const weights = await listWeights(ctx.db, workspaceId)
  const teams = new Map<number, TeamDocument>()
  const book = new Map<string, MemberFairness>()
  let decisions = 0
  for (let last: DecisionRow | undefined, isMore = true; isMore; ) {
    const page: DecisionRow[] = await listDecisions(ctx.db, workspaceId, wish, last, PAGE)
    const unknown = [...new Set(page.map(({ teams_version }) => teams_version))].filter((one) => !teams.has(one))
    for (const [version, document] of await listTeamVersions(ctx.db, workspaceId, unknown)) teams.set(version, document)
    for (const row of page) decisions += countDecision(book, row, teams.get(row.teams_version), weights)
    last = page.at(-1)
    isMore = page.length === PAGE
  }
  const data = [...book.values()].sort((a, b) => (a.user_id < b.user_id ? -1 : 1)).map(toMember)
  return { from_at: wish.from, to_at: wish.to, decisions, data }
}

function countDecision(
  book: Map<string, MemberFairness>,
  { explanation, score, worth }: DecisionRow,
  document: TeamDocument | undefined,
  weights: ReadonlyMap<string, number>,
): number {
  const packed = explanation.trials.at(-1)
  const pool = document?.pools.find(({ key }) => key === packed?.pool_key)
  if (packed === undefined || document === undefined || pool === undefined) return 0
  const members: PoolMember[] = membersOf(document, pool)
  const trial = unpackTrial(
    packed,
    members.map(({ user_id }) => user_id),
  )
  const entries = trial.candidates.map(({ user_id, reason }, i) => ({
    user_id,
    reason,
    weight: members[i]?.weight ?? weights.get(user_id) ?? 1,
  }))
  countFairness(book, { members: entries, score, worth })
  return 1
}

function toMember({ user_id, expected, received, lost, gained, worth, scores }: MemberFairness) {
  const causes = [...lost].map(([reason, leads]: [CandidateReason, number]) => ({ reason, leads: tidy(leads) }))
  return {
    user_id: encodeTypeId('user', user_id),
    expected: tidy(expected),
    received,
    deviation: tidy(received - expected),
    causes: causes.sort((a, b) => b.leads - a.leads),
    gained: tidy(gained),
    worth,
    score_mix: mixScores(scores),
  }
}

/** Without the dust of thousands of additions. */
const tidy = (leads: number) => Math.round(leads * 1e9) / 1e9
