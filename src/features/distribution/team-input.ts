/** Teams as the schema lets them through <-> as they are stored. */
import type { Static } from 'typebox'
import { cleanLine } from '../../domain/normalize/text.ts'
import type { CatchUp, Match, Stickiness, Strategy, TeamDocument } from '../../domain/routing/team-document.ts'
import { decodeTypeId, encodeTypeId } from '../../domain/type-id.ts'
import { etagOf } from '../../http/etag.ts'
import type { StoredTeams } from './team-queries.ts'
import type { TeamSettingsUpdate } from './team-schemas.ts'

type Given = Static<typeof TeamSettingsUpdate>

/** Nobody has this id: an id of another kind is a seller who is not there. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
const uuidOf = (id: string) => decodeTypeId('user', id) ?? NOBODY

/** The document with its defaults filled in. Its words are checked by the schema against the open lists. */
export function readTeams({ teams = [], pools = [], territories = [], holidays = [] }: Given): TeamDocument {
  return {
    teams: teams.map(({ key, name, manager_id = null, member_ids = [], holidays_key = null }) => ({
      key,
      name: nameOf(key, name),
      manager_id: manager_id === null ? null : uuidOf(manager_id),
      member_ids: member_ids.map(uuidOf),
      holidays_key,
    })),
    pools: pools.map(({ key, name, members = [], ...pool }) => ({
      key,
      name: nameOf(key, name),
      team_key: pool.team_key ?? null,
      members: members.map(({ user_id, weight = null, priority = null }) => ({
        user_id: uuidOf(user_id),
        weight,
        priority,
      })),
      strategy: (pool.strategy ?? 'round_robin') as Strategy,
      sticky: (pool.sticky ?? 'none') as Stickiness,
      must_match: [...new Set(pool.must_match ?? [])] as Match[],
      catch_up: (pool.catch_up ?? 'none') as CatchUp,
      catch_up_leads: pool.catch_up_leads ?? 0,
      credit_back: pool.credit_back ?? true,
      respect_hours: pool.respect_hours ?? true,
    })),
    territories: territories.map(({ key, name, condition = null, postcode_ranges = [] }) => ({
      key,
      name: nameOf(key, name),
      condition: condition as TeamDocument['territories'][number]['condition'],
      postcode_ranges,
    })),
    holidays: holidays.map(({ key, name, days }) => ({
      key,
      name: nameOf(key, name),
      days: [...new Set(days)].sort(),
    })),
  }
}

const nameOf = (key: string, name: string | undefined) => cleanLine(name ?? '') || key

/** The wire form. */
export function toTeamSettings({ version, valid_from, document }: StoredTeams) {
  const idOf = (id: string) => encodeTypeId('user', id)
  return {
    teams: document.teams.map((team) => ({
      ...team,
      manager_id: team.manager_id === null ? null : idOf(team.manager_id),
      member_ids: team.member_ids.map(idOf),
    })),
    pools: document.pools.map((pool) => ({
      ...pool,
      members: pool.members.map((member) => ({ ...member, user_id: idOf(member.user_id) })),
    })),
    territories: document.territories,
    holidays: document.holidays,
    version,
    etag: etagOf(version),
    updated_at: valid_from,
  }
}
