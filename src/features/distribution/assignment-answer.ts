/** Assignments and leads without an owner as answers show them. */
import type { Db } from '../../db/client.ts'
import { type Explanation, unpackTrial } from '../../domain/routing/explanation.ts'
import { membersOf, type TeamDocument } from '../../domain/routing/team-document.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { etagOf } from '../../http/etag.ts'
import type { AssignmentRow } from '../../pipeline/route/assignment-queries.ts'
import type { UnroutedLead } from '../../pipeline/route/route-queries.ts'
import { listTeamVersions } from './assignment-queries.ts'
import type { ASSIGNMENT_STATES } from './assignment-schemas.ts'

const userIdOf = (id: string | null) => (id === null ? null : encodeTypeId('user', id))

/** The wire form of an assignment. */
export function toAssignment(row: AssignmentRow) {
  const { id, lead_id, user_id, receipt_id, version, explanation: _, target: __, ...rest } = row
  return {
    ...rest,
    id: encodeTypeId('assignment', id),
    lead_id: encodeTypeId('lead', lead_id),
    user_id: userIdOf(user_id),
    receipt_id: receipt_id === null ? null : encodeTypeId('receipt', receipt_id),
    state: stateOf(row),
    etag: etagOf(version),
  }
}

function stateOf({ target, accepted_at, ended_at }: AssignmentRow): (typeof ASSIGNMENT_STATES)[number] {
  if (ended_at !== null) return 'ended'
  if (target !== 'user') return target === 'queue' ? 'queued' : 'offered'
  return accepted_at === null ? 'assigned' : 'accepted'
}

/** One assignment with its explanation. */
export async function explainAssignment(db: Db, workspaceId: string, row: AssignmentRow) {
  const { explanation, teams_version } = row
  const teams = await listTeamVersions(db, workspaceId, teams_version === null ? [] : [teams_version])
  const document = teams.get(teams_version ?? 0)
  return { ...toAssignment(row), explanation: explanation === null ? null : toExplanation(explanation, document) }
}

/** The wire form of an explanation; without a document nobody has written teams yet, so no pool was asked. */
export function toExplanation({ rules, trials }: Explanation, document: TeamDocument | undefined) {
  return {
    rules,
    trials: trials.map((packed) => {
      const pool = document?.pools.find(({ key }) => key === packed.pool_key)
      const members = document === undefined || pool === undefined ? [] : membersOf(document, pool)
      const { candidates, ...trial } = unpackTrial(
        packed,
        members.map(({ user_id }) => user_id),
      )
      return {
        ...trial,
        candidates: candidates.map((one) => ({ ...one, user_id: encodeTypeId('user', one.user_id) })),
      }
    }),
  }
}

/** Leads without an owner, each with its explanation. */
export async function toUnroutedLeads(db: Db, workspaceId: string, rows: UnroutedLead[]) {
  const teams = await listTeamVersions(db, workspaceId, [...new Set(rows.map(({ teams_version }) => teams_version))])
  return rows.map(({ lead_id, receipt_id, explanation, teams_version, ...row }) => ({
    ...row,
    lead_id: encodeTypeId('lead', lead_id),
    receipt_id: encodeTypeId('receipt', receipt_id),
    explanation: toExplanation(explanation, teams.get(teams_version)),
  }))
}
