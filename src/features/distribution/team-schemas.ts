/** Shapes of teams, pools, territories and holidays on the wire. */
import { Type } from 'typebox'
import { MAX_WEIGHT } from '../../domain/routing/seller.ts'
import { CATCH_UPS, MATCHES, STICKINESS, STRATEGIES, TEAM_LIMITS } from '../../domain/routing/team-document.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import {
  allOptional,
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'

const key = (what: string, example: string) =>
  Slug({ description: `Key of the ${what}; never changes.`, examples: [example] })
const name = (example: string) =>
  Text(200, { description: 'Name for people; the key when blank or left out.', examples: [example] })
const user = (description: string) => Id('user', { description })
const holidaysKey = Nullable(Slug({ description: 'Holiday calendar of the members.', examples: ['england'] }))

const team = {
  key: key('team', 'fashion-uk'),
  name: name('Fashion UK'),
  manager_id: Nullable(user('Who is told when something goes wrong.')),
  member_ids: List(user('A member.'), TEAM_LIMITS.members, { description: 'Sellers of the team.' }),
  holidays_key: holidaysKey,
}

const member = {
  user_id: user('The seller.'),
  weight: Nullable(
    Int(1, MAX_WEIGHT, { description: 'Share in this pool; null takes that of the user.', examples: [50] }),
  ),
  priority: Nullable(
    Int(1, 1_000, { description: 'Rank for `priority`: 1 is asked first, null last.', examples: [1] }),
  ),
}

const pool = {
  key: key('pool', 'fashion-uk'),
  name: name('Fashion UK'),
  team_key: Nullable(Slug({ description: 'Team whose pool it is.', examples: ['fashion-uk'] })),
  strategy: OpenEnum(STRATEGIES, {
    description:
      'How it chooses: by weighted turns, the fewest open leads, the best skills, or the rank. Ties go by the turn.',
  }),
  sticky: OpenEnum(STICKINESS, {
    description: 'Who is asked first: nobody in particular, the last owner of the lead, or the owner of its company.',
  }),
  must_match: List(OpenEnum(MATCHES, { description: 'What seller and lead must share.' }), MATCHES.length, {
    description: 'Hard filters of this pool.',
    examples: [['language']],
  }),
  catch_up: OpenEnum(CATCH_UPS, {
    description: 'What somebody who was away gets afterwards: their turn and no more, up to `catch_up_leads`, or all.',
  }),
  catch_up_leads: Int(0, 1_000, { description: 'Most leads that `capped` lets catch up.', examples: [3] }),
  credit_back: Flag({ description: 'A declined or released lead gives the turn back.' }),
  respect_hours: Flag({ description: 'Working hours, holidays and absences count.' }),
}

const range = {
  country: Type.String({
    pattern: '^[A-Z]{2}$',
    minLength: 2,
    maxLength: 2,
    description: 'ISO 3166-1 alpha-2.',
    examples: ['DE'],
  }),
  from: Text(20, { description: 'First postal code.', examples: ['10000'], minLength: 1 }),
  to: Text(20, {
    description: 'Last postal code, with all that begin like it. Numbers compare as numbers, others as text.',
    examples: ['14999'],
    minLength: 1,
  }),
}

const territory = { key: key('territory', 'berlin'), name: name('Berlin') }
const condition = NullableRef(ConditionSchema, 'Which leads; null asks nothing.')

const holidays = {
  key: key('calendar', 'england'),
  name: name('England'),
  days: List(
    Type.String({ format: 'date', maxLength: 10, description: 'A local day.', examples: ['2026-12-25'] }),
    TEAM_LIMITS.holiday_days,
    { description: 'Days without work, each once, in order.' },
  ),
}

const versioned = {
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v1"'] }),
  updated_at: Nullable(Timestamp({ description: 'When it last changed; null when nobody ever changed it.' })),
}

const PoolMemberSchema = component('PoolMember', 'A seller in a pool.', member)
const membersOf = <T extends typeof PoolMemberSchema>(schema: T) =>
  List(ref(schema), TEAM_LIMITS.members, { description: 'Members; none means those of the team.' })
const TeamSchema = component('Team', 'Sellers who belong together.', team)
const PoolSchema = component('Pool', 'Sellers who share leads, and how.', {
  ...pool,
  members: membersOf(PoolMemberSchema),
})
const PostcodeRangeSchema = component('PostcodeRange', 'Postal codes from one to another.', range)
const TerritorySchema = component('Territory', 'A condition about leads, with a name.', {
  ...territory,
  condition,
  postcode_ranges: List(ref(PostcodeRangeSchema), TEAM_LIMITS.postcode_ranges, {
    description: 'Any of these; none asks nothing.',
  }),
})
const HolidaysSchema = component('Holidays', 'Days without work.', holidays)

export const TeamSettings = component('TeamSettings', 'Teams, pools, territories and holidays.', {
  teams: List(ref(TeamSchema), TEAM_LIMITS.teams, { description: 'Teams.' }),
  pools: List(ref(PoolSchema), TEAM_LIMITS.pools, { description: 'Pools.' }),
  territories: List(ref(TerritorySchema), TEAM_LIMITS.territories, { description: 'Territories.' }),
  holidays: List(ref(HolidaysSchema), TEAM_LIMITS.holidays, { description: 'Holiday calendars.' }),
  ...versioned,
})

const TeamInput = input('TeamInput', 'A team; only its key is required.', { ...allOptional(team), key: team.key })
const PoolMemberInput = input('PoolMemberInput', 'A seller in a pool.', {
  ...allOptional(member),
  user_id: member.user_id,
})
const PoolInput = input('PoolInput', 'A pool; only its key is required. Round robin, no catch-up when left out.', {
  ...allOptional(pool),
  key: pool.key,
  members: Type.Optional(
    List(ref(PoolMemberInput), TEAM_LIMITS.members, { description: 'Members; none means those of the team.' }),
  ),
})
const PostcodeRangeInput = input('PostcodeRangeInput', 'Postal codes from one to another.', range)
const TerritoryInput = input('TerritoryInput', 'A territory; it asks for all that it names.', {
  key: territory.key,
  name: Type.Optional(territory.name),
  condition: Type.Optional(condition),
  postcode_ranges: Type.Optional(
    List(ref(PostcodeRangeInput), TEAM_LIMITS.postcode_ranges, { description: 'Any of these.' }),
  ),
})
const HolidaysInput = input('HolidaysInput', 'Days without work.', { ...holidays, name: Type.Optional(holidays.name) })

export const TeamSettingsUpdate = input('TeamSettingsUpdate', 'The whole document; what is left out is empty.', {
  teams: Type.Optional(List(ref(TeamInput), TEAM_LIMITS.teams, { description: 'Teams.' })),
  pools: Type.Optional(List(ref(PoolInput), TEAM_LIMITS.pools, { description: 'Pools.' })),
  territories: Type.Optional(List(ref(TerritoryInput), TEAM_LIMITS.territories, { description: 'Territories.' })),
  holidays: Type.Optional(List(ref(HolidaysInput), TEAM_LIMITS.holidays, { description: 'Holiday calendars.' })),
})
