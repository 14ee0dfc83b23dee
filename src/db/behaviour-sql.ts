/**
 * SQL of behaviour terms: "did X at least n times within d days". Without properties the counters answer, a row for each
 * day; raw events are read only on a day that an edge of the window cuts in two. With properties raw events answer. Twin
 * of pipeline/events/load-behaviour.ts; a property test holds them together.
 */
import type { CompiledBehaviour } from '../domain/condition/compiled-condition.ts'
import { BEHAVIOUR_FIELD } from '../domain/condition/field-catalogue.ts'
import { DAY_MS } from '../domain/condition/moment.ts'
import { readTyped, type SqlTools, type TermSource } from './condition-sql.ts'

/** The source of behaviour terms, for leads of one workspace. Bots did nothing. */
export function behaviourSource(workspaceId: string): Readonly<Record<string, TermSource>> {
  return {
    [BEHAVIOUR_FIELD.source.kind]: ({ test }, tools) => {
      if (test.kind !== 'did') throw new Error(`Events cannot be tested by ${test.kind}`)
      const window = windowOf(test.behaviour, workspaceId, tools)
      return test.behaviour.properties.length === 0 ? countedSql(window) : rawSql(test.behaviour, window, tools)
    },
  }
}

/** What both ways need, as SQL. */
interface Window {
  workspace: string
  lead: string
  name: string
  minCount: string
  now: string
  /** Null when there is no beginning. */
  oldest: string | null
}

function windowOf(behaviour: CompiledBehaviour, workspaceId: string, { alias, now, bind }: SqlTools): Window {
  const { event, minCount, withinDays } = behaviour
  const oldest = withinDays === null ? null : new Date(now.getTime() - withinDays * DAY_MS).toISOString()
  return {
    workspace: `${bind(workspaceId)}::uuid`,
    lead: `${alias}.id`,
    name: `${bind(event)}::text`,
    minCount: `${bind(minCount)}::bigint`,
    now: `${bind(now.toISOString())}::timestamptz`,
    oldest: oldest === null ? null : `${bind(oldest)}::timestamptz`,
  }
}

/** Counts no further than asked: a lead may have a million events. */
function rawSql({ properties }: CompiledBehaviour, window: Window, { bind }: SqlTools): string {
  const wanted = properties.map(([name, text]) => {
    const value = readTyped({ sql: `(event.properties -> ${bind(name)}::text)`, form: 'jsonb' }, 'text')
    return `${value} = ${bind(text)}::text`
  })
  return `${countOfEvents(window, wanted)} >= ${window.minCount}`
}

function countOfEvents({ workspace, lead, name, minCount, now, oldest }: Window, wanted: string[]): string {
  const where = [
    `event.workspace_id = ${workspace} and event.lead_id = ${lead} and event.name = ${name} and not event.is_bot`,
    `event.occurred_at <= ${now}`,
    ...(oldest === null ? [] : [`event.occurred_at >= ${oldest}`]),
    ...wanted,
  ].join(' and ')
  return `(select count(*) from (select 1 from events as event where ${where} limit ${minCount}) as counted)`
}

/**
 * A day whole inside the window counts by its counter. On a day that an edge cuts, the raw events count; they may have
 * been dropped, but its first or its last event is known to be inside. A day cut on both sides may have none.
 */
function countedSql(window: Window): string {
  const { workspace, lead, name, minCount, now, oldest } = window
  const isWhole = `c.last_at <= ${now}${oldest === null ? '' : ` and c.first_at >= ${oldest}`}`
  const hasEnd = oldest === null ? `true` : `c.last_at <= ${now} or c.first_at >= ${oldest}`
  const ofDay = [
    `event.occurred_at >= c.first_at and event.occurred_at <= c.last_at`, // the day, as narrow as is known
  ]
  const cut = `greatest(${countOfEvents(window, ofDay)}, (${hasEnd})::int)`
  const rows = [
    `c.workspace_id = ${workspace} and c.lead_id = ${lead} and c.name = ${name} and c.first_at <= ${now}`,
    ...(oldest === null ? [] : [`c.last_at >= ${oldest} and c.day >= (${oldest} at time zone 'UTC')::date`]),
  ].join(' and ')
  const count = `coalesce(sum(case when ${isWhole} then c.count else ${cut} end), 0)`
  return `(select ${count} from lead_event_counters as c where ${rows}) >= ${minCount}`
}
