/** What the leads of a batch did, as the rules of their models count it. */
import type { Tx } from '../../db/client.ts'
import { foldText } from '../../domain/condition/fold-text.ts'
import { DAY_MS } from '../../domain/condition/moment.ts'
import type { ActivityDay } from '../../domain/scoring/activity-days.ts'
import { type EngagementRule, FORM_EVENT } from '../../domain/scoring/score-model.ts'
import { type ActivityRow, listActivityDays, listEventDays, listFormDays } from './activity-queries.ts'

export interface ActivityBook {
  daysOf(leadId: string, rule: EngagementRule): readonly ActivityDay[]
}

const NEVER: readonly ActivityDay[] = []

/** Loads what the rules ask about: from the counters, and from the events for rules that ask for properties. */
export async function loadActivity(
  tx: Tx,
  leadIds: readonly string[],
  rules: readonly EngagementRule[],
  now: Date,
): Promise<ActivityBook> {
  const { names, asksForms, from } = activitySources(
    rules.filter((rule) => !asksProperties(rule)),
    now,
  )
  const particular = new Map(rules.filter(asksProperties).map((rule) => [keyOf(rule), rule]))
  const [counted, forms, ...picked] = await Promise.all([
    listActivityDays(tx, leadIds, names, from?.slice(0, 10) ?? null),
    asksForms ? listFormDays(tx, leadIds) : [],
    ...[...particular.values()].map((rule) =>
      listEventDays(tx, leadIds, rule.event, foldProperties(rule), oldestOf([rule], now)),
    ),
  ])
  const days: DaysByLead = new Map()
  for (const row of [...counted, ...forms]) add(days, row.name, row)
  for (const [i, key] of [...particular.keys()].entries()) {
    for (const row of picked[i] ?? []) add(days, key, row)
  }
  return { daysOf: (leadId, rule) => days.get(leadId)?.get(keyOf(rule)) ?? NEVER }
}

/** Events and forms that rules count, and the oldest moment at which one counts; null when they all do. */
export function activitySources(rules: readonly EngagementRule[], now: Date) {
  const names = new Set(rules.map(({ event }) => event))
  const asksForms = names.delete(FORM_EVENT)
  return { names: [...names], asksForms, from: oldestOf(rules, now) }
}

function asksProperties({ properties }: EngagementRule): boolean {
  for (const _ in properties) return true
  return false
}

/** Rules that count the same events share them. No name of an event is a JSON array. */
function keyOf(rule: EngagementRule): string {
  return asksProperties(rule) ? JSON.stringify([rule.event, rule.window_days, rule.properties]) : rule.event
}

const foldProperties = ({ properties }: EngagementRule) =>
  Object.fromEntries(Object.entries(properties).map(([name, text]) => [name, foldText(text)]))

/** The oldest moment that any of the rules looks at; null when one looks at all. */
function oldestOf(rules: readonly EngagementRule[], now: Date): string | null {
  const windows = rules.map(({ window_days }) => window_days)
  if (windows.includes(null)) return null
  return new Date(now.getTime() - Math.max(0, ...windows.map(Number)) * DAY_MS).toISOString()
}

/** Lead -> key of the rules -> days. */
type DaysByLead = Map<string, Map<string, ActivityDay[]>>

function add(days: DaysByLead, key: string, { lead_id, count, first, last }: ActivityRow): void {
  const ofLead = days.get(lead_id) ?? new Map<string, ActivityDay[]>()
  days.set(lead_id, ofLead)
  const known = ofLead.get(key)
  const day = { count, first: Math.round(first), last: Math.round(last) }
  if (known === undefined) ofLead.set(key, [day])
  else known.push(day)
}
