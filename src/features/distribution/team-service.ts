/** Teams, pools, territories and holidays: one document, replaced as a whole; every version is kept for replays. */

import type { Static } from 'typebox'
import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import { holidaysOf, membersOf, type TeamDocument } from '../../domain/routing/team-document.ts'
import { teamFaults } from '../../domain/routing/team-faults.ts'
import { withoutBehaviour } from '../../domain/routing/territory.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, type ProblemItem, validationFailed } from '../../errors.ts'
import { requireVersion } from '../../http/etag.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { listKeyUses } from '../../pipeline/names/find-key-uses.ts'
import { requireKnownKeys } from '../../pipeline/names/find-missing-keys.ts'
import { retryUnrouted } from '../../pipeline/route/retry-unrouted.ts'
import { lockRouting, revisePeople } from '../../pipeline/route/routing-clock.ts'
import { listPoolsInUse } from '../../pipeline/route/routing-uses.ts'
import { wakeClocksOf } from '../../pipeline/sla/clock-queries.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { followPolicies } from '../../policies/published-policies.ts'
import { readTeams, toTeamSettings } from './team-input.ts'
import {
  findTeams,
  insertTeams,
  listHolidayKeys,
  listKnownUsers,
  listQueues,
  listUses,
  type StoredTeams,
} from './team-queries.ts'
import type { TeamSettingsUpdate } from './team-schemas.ts'

/** The document as it is now. */
export async function readTeamSettings(ctx: Ctx, workspaceId: string): Promise<StoredTeams> {
  return await withWorkspace(ctx.db, workspaceId, (tx) => findTeams(tx, workspaceId))
}

/** Replaces the document; the same one again changes nothing. `expectedVersion` null means no If-Match was sent. */
export async function saveTeams(
  ctx: Ctx,
  caller: Caller,
  given: Static<typeof TeamSettingsUpdate>,
  expectedVersion: ExpectedVersion,
): Promise<StoredTeams> {
  const document = readTeams(given)
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    // Before anything else is locked, as all do: no segment goes between the look at it and the commit.
    await followPolicies(tx)
    await retryUnrouted(tx)
    // The router waits as well: it decides by one version or by the other.
    await lockRouting(tx)
    const before = await findTeams(tx, caller.workspaceId)
    if (expectedVersion === null) {
      throw new ApiError('precondition_required', 'Send If-Match with the ETag of the document that you read.')
    }
    requireVersion(expectedVersion, before.version)
    await requireSound(tx, before.document, document)
    if (isEqual(before.document, document)) return before
    const after = { version: before.version + 1, valid_from: ctx.now().toISOString(), document }
    await insertTeams(tx, after.version, caller.actor, document, after.valid_from)
    await revisePeople(tx)
    await wakeWhoseHolidaysChanged(tx, before.document, document)
    tell(tx, caller, before, after)
    return after
  })
}

async function requireSound(tx: Tx, before: TeamDocument, document: TeamDocument): Promise<void> {
  const policy = await findWritePolicy(tx, tx.workspaceId)
  const catalogue = withoutBehaviour(catalogueOf(tx.workspaceId, policy))
  const faults = [
    ...teamFaults(document),
    ...document.territories.flatMap(({ condition }, i) => {
      const verdict = validateCondition(condition, catalogue, `/territories/${i}/condition`)
      return verdict.ok ? [] : verdict.faults
    }),
  ]
  if (faults.length > 0) throw validationFailed(faults.map((fault) => ({ ...fault, parameter: null })))
  const missing = await findMissingUsers(tx, document)
  if (missing.length > 0) throw new ApiError('unprocessable', 'Some users are not there.', { items: missing })
  await requireKnownKeys(tx, { territories: document.territories.map(({ condition }) => ({ condition })) })
  const removed = await findRemovedUses(tx, before, document)
  if (removed.length > 0) throw new ApiError('in_use', removed[0]?.detail ?? '', { items: removed })
}

async function findMissingUsers(tx: Tx, { teams, pools }: TeamDocument): Promise<ProblemItem[]> {
  const places = [
    ...teams.flatMap(({ manager_id, member_ids }, i) => [
      ...(manager_id === null ? [] : [{ id: manager_id, pointer: `/teams/${i}/manager_id` }]),
      ...member_ids.map((id, j) => ({ id, pointer: `/teams/${i}/member_ids/${j}` })),
    ]),
    ...pools.flatMap(({ members }, i) =>
      members.map(({ user_id }, j) => ({ id: user_id, pointer: `/pools/${i}/members/${j}/user_id` })),
    ),
  ]
  const known = await listKnownUsers(tx, [...new Set(places.map(({ id }) => id))])
  return places
    .filter(({ id }) => !known.has(id))
    .map(({ pointer }) => ({ code: 'unknown_user', detail: 'No such user.', pointer, parameter: null }))
}

/** Sellers name territories and holidays, rules name territories and pools; what is named cannot go, nor whom leads wait for. */
async function findRemovedUses(tx: Tx, before: TeamDocument, document: TeamDocument): Promise<ProblemItem[]> {
  const { territories, holidays, pools } = document
  const isPulled = keysOfPulled(document)
  const deserted = [...keysOfPulled(before)].filter((key) => !isPulled.has(key))
  const [uses, used, waiting, asked] = await Promise.all([
    listUses(tx),
    listPoolsInUse(tx),
    listQueues(tx, deserted),
    listKeyUses(tx, 'territory'),
  ])
  const gone = [...used].filter((key) => !pools.some((pool) => pool.key === key))
  const byRules = gone.map((key) => ({
    code: 'in_use',
    detail: `${key} is named by the routing policy; change it first.`,
    pointer: '/pools',
    parameter: null,
  }))
  const lost = before.territories.filter((old) => !territories.some((territory) => territory.key === old.key))
  const byConditions = asked
    .filter(({ name }) => lost.some(({ key }) => key === name))
    .map(({ name, user }) => ({
      code: 'in_use',
      detail: `${name} is named by the ${user}; change that first.`,
      pointer: '/territories',
      parameter: null,
    }))
  const byUsers = uses
    .filter(({ kind, key }) => !(kind === 'territory' ? territories : holidays).some((item) => item.key === key))
    .map(({ kind, key }) => ({
      code: 'in_use',
      detail: `${key} is named by users; change them first.`,
      pointer: kind === 'territory' ? '/territories' : '/holidays',
      parameter: null,
    }))
  const byLeads = waiting.map((key) => ({
    code: 'in_use',
    detail: `Leads wait in the pull queue of ${key}; have them pulled or routed before it goes or is empty.`,
    pointer: '/pools',
    parameter: null,
  }))
  return [...byRules, ...byConditions, ...byUsers, ...byLeads]
}

/** Pools that somebody may pull from. */
const keysOfPulled = (document: TeamDocument): Set<string> =>
  new Set(document.pools.filter((pool) => membersOf(document, pool).length > 0).map(({ key }) => key))

/** Promises are measured by holidays, too. */
async function wakeWhoseHolidaysChanged(tx: Tx, before: TeamDocument, after: TeamDocument): Promise<void> {
  if (before.holidays.length + after.holidays.length === 0) return
  const sellers = await listHolidayKeys(tx)
  const changed = sellers.filter(
    ({ id, holidays_key }) => !isEqual(holidaysOf(before, id, holidays_key), holidaysOf(after, id, holidays_key)),
  )
  await wakeClocksOf(
    tx,
    changed.map(({ id }) => id),
  )
}

function tell(tx: Tx, caller: Caller, before: StoredTeams, after: StoredTeams): void {
  const [then, now] = [toTeamSettings(before), toTeamSettings(after)]
  const parts = ['teams', 'pools', 'territories', 'holidays'] as const
  const changed = parts.filter((part) => !isEqual(before.document[part], after.document[part]))
  const occurredAt = after.valid_from ?? ''
  recordChange(tx, {
    type: 'teams.updated',
    object_id: tx.workspaceId,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: occurredAt,
    object: { ...now },
    changed_fields: changed,
    previous: Object.fromEntries(changed.map((part) => [part, then[part]])),
  })
  recordAudit(tx, caller, {
    action: 'teams.updated',
    object_id: encodeTypeId('workspace', tx.workspaceId),
    before: { ...then },
    after: { ...now },
    occurred_at: occurredAt,
  })
}
