/** Shapes of sellers on the wire. */
import { type TSchema, Type } from 'typebox'
import { FULL_WEIGHT, MAX_WEIGHT } from '../../domain/routing/seller.ts'
import { WorkingWindowInput, WorkingWindowSchema } from '../../http/calendar-schemas.ts'
import {
  allOptional,
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  Nullable,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'

/** More than anybody is good at, speaks or serves. */
const MOST = { skills: 100, languages: 50, territories: 100, windows: 56, absences: 200, external_ids: 50 }

/** A component of another room is referred to by its name. */
const external = <S extends { system: string; external_id: string }>(name: string) =>
  Type.Unsafe<S>({ $ref: `${name}#` })

const skill = {
  skill: Slug({ description: 'Key of the skill.', examples: ['shoes'] }),
  level: Int(1, 100, { description: 'How good, 100 is best.', examples: [80] }),
}

const reason = Nullable(Text(200, { description: 'Why, for people.', examples: ['Holiday'] }))
const absence = {
  from_at: Timestamp({ description: 'First moment away.', examples: ['2026-12-24T00:00:00.000Z'] }),
  until_at: Timestamp({ description: 'First moment back.', examples: ['2027-01-02T00:00:00.000Z'] }),
}

const limit = (description: string, example: number) =>
  Nullable(Int(0, 1_000_000, { description: `${description} Null: no limit.`, examples: [example] }))

const fields = {
  name: Text(200, { description: 'Name.', examples: ['Grace Hopper'], minLength: 1 }),
  email: Nullable(Text(320, { description: 'E-mail address; one seller has it.', examples: ['grace@example.org'] })),
  languages: List(Text(35, { description: 'BCP 47 tag.', examples: ['en'] }), MOST.languages, {
    description: 'Languages spoken.',
    examples: [['en', 'de']],
  }),
  territories: List(Slug({ description: 'Key of a territory.', examples: ['dach'] }), MOST.territories, {
    description: 'Territories served, see `/settings/teams`.',
    examples: [[]],
  }),
  capacity_open: limit('Most leads on the desk at one time.', 40),
  capacity_day: limit('Most leads a day, in the own time zone.', 10),
  capacity_week: limit('Most leads a week from Monday.', 40),
  weight: Int(1, MAX_WEIGHT, {
    description: `Share in rotations against the other members; ${FULL_WEIGHT} is a full one.`,
    examples: [FULL_WEIGHT],
  }),
  time_zone: Nullable(
    Text(64, { description: 'IANA time zone; null takes that of the workspace.', examples: ['Europe/Berlin'] }),
  ),
  holidays_key: Nullable(Slug({ description: 'Holiday calendar; null takes that of the team.', examples: [null] })),
  active: Flag({
    description:
      'False: gets no new lead, whatever a rule says. What the seller has stays: `POST /v1/users/{user_id}/hand-over` moves it.',
  }),
}

const list = <T extends TSchema>(items: T, most: number, description: string) => List(ref(items), most, { description })

const WINDOWS = 'Blocks of work, several a day where wanted; none: available at any hour.'

const SkillSchema = component('Skill', 'What somebody is good at.', skill)
const AbsenceSchema = component('Absence', 'Time that somebody is away.', { ...absence, reason })

export const User = component('User', 'A seller: somebody of your staff who gets leads.', {
  id: Id('user', { description: 'Permanent id.' }),
  ...fields,
  external_ids: List(external('ExternalId'), MOST.external_ids, {
    description: 'Ids in other systems; one seller has each.',
  }),
  skills: list(SkillSchema, MOST.skills, 'Skills in alphabetical order.'),
  working_hours: list(WorkingWindowSchema, MOST.windows, WINDOWS),
  absences: list(AbsenceSchema, MOST.absences, 'Absences, the earliest first.'),
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version only.', examples: ['"v1"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
})

export const UserPage = pageOf('UserPage', 'A page of sellers.', User)

const { name, ...others } = fields
const SkillInput = input('SkillInput', 'What somebody is good at.', skill)
const AbsenceInput = input('AbsenceInput', 'Time that somebody is away.', { ...absence, reason: Type.Optional(reason) })

const writable = {
  ...allOptional(others),
  external_ids: Type.Optional(
    List(external('ExternalIdInput'), MOST.external_ids, { description: 'Ids in other systems; one seller has each.' }),
  ),
  skills: Type.Optional(list(SkillInput, MOST.skills, 'Skills, each once.')),
  working_hours: Type.Optional(list(WorkingWindowInput, MOST.windows, WINDOWS)),
  absences: Type.Optional(list(AbsenceInput, MOST.absences, 'Absences.')),
}

export const UserCreate = input('UserCreate', 'A seller to create; only the name is required.', { name, ...writable })

export const UserUpdate = input(
  'UserUpdate',
  'Fields to change (JSON merge patch): absent keeps, null clears, a list replaces.',
  { name: Type.Optional(name), ...writable },
)
