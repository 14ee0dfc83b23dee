// The values of the field families of one lead, from the rows that were loaded for it. The in-memory twin of
// db/condition-families-sql.ts.
import type { AccountFacts } from '../account.ts'
import { type ConsentFacts, decideConsent } from '../consent.ts'
import type { FieldDefinition } from './field-catalogue.ts'

/** A touch as far as conditions care. */
export interface TouchFacts {
  kind: string
  source_key: string | null
  campaign_key: string | null
  occurred_at: string
  attribution: Readonly<Record<string, unknown>>
}

/** Verdicts and statuses as they were last decided; see domain/lifecycle/qualification.ts. */
export interface QualificationFacts {
  verdicts: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  statuses: Readonly<Record<string, unknown>>
}

/** The stored score under the default model. */
export interface ScoreFamilyFacts {
  total: number
  fit: number
  engagement: number
  grade: string
  band: string | null
}

/** How a lead came into its stage; all null and empty when it never moved. */
export interface StayFacts {
  entered_at: string | null
  from_stage: string | null
  reason: string | null
  wake_at: string | null
  /** Every stage that it has left. */
  left: readonly string[]
}

/** The rows behind the families; what no condition asks about may be left blank. */
export interface FamilyFacts {
  account: AccountFacts | null
  consents: readonly ConsentFacts[]
  touch_first: TouchFacts | null
  touch_last: TouchFacts | null
  segments: readonly string[]
  qualification: QualificationFacts | null
  score: ScoreFamilyFacts | null
  stay: StayFacts
}

export const NO_STAY: StayFacts = { entered_at: null, from_stage: null, reason: null, wake_at: null, left: [] }

export const NO_FAMILY_FACTS: FamilyFacts = {
  account: null,
  consents: [],
  touch_first: null,
  touch_last: null,
  segments: [],
  qualification: null,
  score: null,
  stay: NO_STAY,
}

/** The lead itself, as far as its families need it. */
interface Bearer {
  stage_key: string
  created_at: string
}

/** The value of a family's field; undefined for a source that is no family. */
export function readFamily({ source }: FieldDefinition, facts: FamilyFacts, lead: Bearer, now: Date): unknown {
  const { kind, name } = source
  switch (kind) {
    case 'account':
      return facts.account && readAccount(facts.account, name)
    case 'account_custom_field':
      return facts.account && own(facts.account.custom_fields, name)
    case 'consent':
      return readConsent(facts.consents, name, now)
    case 'touch_first':
    case 'touch_last':
      return readTouch(facts[kind], name)
    case 'segments':
      return facts.segments
    case 'qualification':
      return readVerdict(facts.qualification, name)
    case 'criterion':
      return facts.qualification && own(facts.qualification.statuses, name)
    case 'score':
      return facts.score?.[name as keyof ScoreFamilyFacts] // the catalogue names its members
    case 'lifecycle':
      return readStay(facts.stay, lead, name)
    default:
      return undefined
  }
}

const NEVER: readonly number[] = []

/** Moments at which the value of a family's field changes by time alone, epoch milliseconds, past ones too. */
export function turnsOfFamily({ source }: FieldDefinition, { consents }: FamilyFacts): readonly number[] {
  if (source.kind !== 'consent') return NEVER
  return consents.flatMap(({ occurred_at, expires_at }) =>
    expires_at === null ? [Date.parse(occurred_at)] : [Date.parse(occurred_at), Date.parse(expires_at)],
  )
}

function readAccount(account: AccountFacts, name: string): unknown {
  if (name === 'annual_revenue_minor') return account.annual_revenue?.amount_minor
  if (name === 'annual_revenue_currency') return account.annual_revenue?.currency
  return account[name as keyof AccountFacts] // the catalogue names columns of accounts
}

function readConsent(entries: readonly ConsentFacts[], name: string, now: Date): boolean | null {
  const [purpose = '', channel = ''] = name.split('.')
  const { allowed, reason } = decideConsent(entries, { purpose, channel, at: now })
  return reason === 'never_granted' ? null : allowed
}

function readTouch(touch: TouchFacts | null, name: string): unknown {
  if (touch === null) return null
  if (name === 'kind' || name === 'source_key' || name === 'campaign_key' || name === 'occurred_at') return touch[name]
  return own(touch.attribution, name)
}

function readVerdict(qualification: QualificationFacts | null, name: string): unknown {
  const [framework = '', part = ''] = name.split('.')
  const verdict = qualification === null ? undefined : own(qualification.verdicts, framework)
  return verdict === undefined ? undefined : own(verdict as Record<string, unknown>, part)
}

function readStay(stay: StayFacts, lead: Bearer, name: string): unknown {
  if (name === 'stage_entered_at') return stay.entered_at ?? lead.created_at
  if (name === 'previous_stage_key') return stay.from_stage
  if (name === 'stage_reason') return stay.reason
  return name === 'wake_at' ? stay.wake_at : [...stay.left, lead.stage_key]
}

function own(members: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined
}
