// What a document of teams may look like: keys are unique, and what is named is there. Faults name the
// part by a JSON pointer. Whether sellers exist and conditions hold water is asked by who has them at hand.
import { isMoment } from '../condition/moment.ts'
import { comparePostcodes } from './postcode.ts'
import type { TeamDocument } from './team-document.ts'

export interface TeamFault {
  pointer: string
  code: string
  detail: string
}

/** All faults of a document, in its order. */
export function teamFaults(document: TeamDocument): TeamFault[] {
  const faults: TeamFault[] = []
  const add = (pointer: string, code: string, detail: string) => faults.push({ pointer, code, detail })
  const known = (list: { key: string }[], key: string | null, pointer: string, code: string, what: string) => {
    if (key !== null && !list.some((item) => item.key === key)) add(pointer, code, `No such ${what} in this document.`)
  }
  const { teams, pools, territories, holidays } = document
  for (const [part, list] of Object.entries({ teams, pools, territories, holidays })) {
    for (const i of repeats(list.map(({ key }) => key)))
      add(`/${part}/${i}/key`, 'duplicate', 'This key is given twice.')
  }
  for (const [i, team] of teams.entries()) {
    known(holidays, team.holidays_key, `/teams/${i}/holidays_key`, 'unknown_holidays', 'holiday calendar')
    for (const j of repeats(team.member_ids)) add(`/teams/${i}/member_ids/${j}`, 'duplicate', 'Is a member already.')
  }
  for (const [i, pool] of pools.entries()) {
    known(teams, pool.team_key, `/pools/${i}/team_key`, 'unknown_team', 'team')
    for (const j of repeats(pool.members.map(({ user_id }) => user_id))) {
      add(`/pools/${i}/members/${j}/user_id`, 'duplicate', 'Is a member already.')
    }
  }
  for (const [i, { postcode_ranges }] of territories.entries()) {
    for (const [j, { from, to }] of postcode_ranges.entries()) {
      const pointer = `/territories/${i}/postcode_ranges/${j}/to`
      if (comparePostcodes(from, to) > 0) add(pointer, 'invalid_range', 'Must not be before `from`.')
    }
  }
  for (const [i, { days }] of holidays.entries()) {
    for (const [j, day] of days.entries()) {
      if (!isMoment(day, 'date')) add(`/holidays/${i}/days/${j}`, 'invalid_format', 'Must be a day as YYYY-MM-DD.')
    }
  }
  return faults
}

/** Places of values that stood earlier already. */
function repeats(values: string[]): number[] {
  const seen = new Set<string>()
  return values.flatMap((value, i) => (seen.size === seen.add(value).size ? [i] : []))
}
