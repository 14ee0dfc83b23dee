// An activity is one line of a lead's timeline. People and their programs record what they did (a call, a meeting, a
// note, a task, an e-mail, or a kind of their own); what the service itself tells never changes. A task has a moment
// when it is due and one when it was done; it is open until then.
import { parseSpan } from './condition/moment.ts'
import { isEqual } from './survivorship.ts'

/** Kinds that may be recorded from outside; `custom:<key>` is a kind of one's own. */
export const RECORDABLE_TYPES = ['call', 'meeting', 'note', 'task', 'email', 'custom'] as const

/** What `type` of a recorded activity may be. */
export const RECORDABLE_PATTERN = `^(${RECORDABLE_TYPES.join('|')}|custom:[a-z][a-z0-9_-]{0,47})$`
const RECORDABLE = new RegExp(RECORDABLE_PATTERN)

/** True for what people record; every other type is told by the service. */
export const isRecordable = (type: string) => RECORDABLE.test(type)

/** An activity as it is stored; `version` is null for what the service tells, which never changes. */
export interface ActivityFacts {
  id: string
  lead_id: string
  type: string
  occurred_at: string
  actor: string
  subject: string | null
  body: string | null
  data: Record<string, unknown>
  assignee_id: string | null
  due_at: string | null
  done_at: string | null
  receipt_id: string | null
  version: number | null
  updated_at: string | null
}

/** What may be said about an activity, moments as they were sent. */
export interface ActivityInput {
  occurred_at?: string
  subject?: string | null
  body?: string | null
  data?: Record<string, unknown>
  assignee_id?: string | null
  due_at?: string | null
  done_at?: string | null
}

export interface ActivityFault {
  code: string
  detail: string
  pointer: string
}

export type ActivityVerdict = { ok: true; activity: ActivityFacts } | { ok: false; faults: ActivityFault[] }

/** Most bytes of `data` as JSON: details, not documents. */
export const ACTIVITY_DATA_BYTES = 16_384
/** A clock of another system may be a little ahead of ours. */
const CLOCK_SKEW_MS = 60_000

const MOMENTS = ['occurred_at', 'due_at', 'done_at'] as const

/** An activity with what is new about it; `data` merges as a merge patch (RFC 7396) when there was one before. */
export function applyActivity(current: ActivityFacts, input: ActivityInput, now: Date): ActivityVerdict {
  const faults: ActivityFault[] = []
  const fault = (name: string, code: string, detail: string) => faults.push({ code, detail, pointer: `/${name}` })
  const moments: Partial<Pick<ActivityFacts, (typeof MOMENTS)[number]>> = {}
  for (const name of MOMENTS) {
    const text = input[name]
    if (typeof text === 'string') {
      const moment = readMoment(text)
      if (moment === null) fault(name, 'invalid_format', 'Must be RFC 3339, such as 2026-11-22T05:28:00Z.')
      else moments[name] = moment
    } else if (text === null && name !== 'occurred_at') moments[name] = null
  }
  const { subject = current.subject, body = current.body, assignee_id = current.assignee_id } = input
  const data = input.data === undefined ? current.data : mergePatch(current.data, input.data)
  const activity: ActivityFacts = { ...current, ...moments, subject, body, assignee_id, data }
  if (activity.type !== 'task') {
    if (activity.due_at !== null) fault('due_at', 'not_a_task', 'Only a task has a moment when it is due.')
    if (activity.done_at !== null) fault('done_at', 'not_a_task', 'Only a task is done.')
  }
  const latest = new Date(now.getTime() + CLOCK_SKEW_MS).toISOString()
  for (const name of ['occurred_at', 'done_at'] as const) {
    if ((moments[name] ?? '') > latest)
      fault(name, 'in_the_future', 'Must not be in the future; record a task instead.')
  }
  if (Buffer.byteLength(JSON.stringify(data)) > ACTIVITY_DATA_BYTES) {
    fault('data', 'too_long', `Must have at most ${ACTIVITY_DATA_BYTES} bytes as JSON.`)
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, activity }
}

/** Names of the fields in which two states of an activity differ. */
export function differingFields(before: ActivityFacts, after: ActivityFacts): string[] {
  const names = Object.keys(after) as (keyof ActivityFacts)[]
  return names.filter((name) => !isEqual(before[name], after[name]))
}

function readMoment(text: string): string | null {
  const span = parseSpan(text.toUpperCase(), 'timestamp')
  return span === undefined ? null : new Date(span.start).toISOString()
}

/** A JSON merge patch: null removes a member, objects merge, everything else replaces. Depth is bounded by the parser. */
function mergePatch(target: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const merged = new Map(Object.entries(target))
  for (const [name, value] of Object.entries(patch)) {
    const before = merged.get(name)
    if (value === null) merged.delete(name)
    else merged.set(name, isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value)
  }
  return Object.fromEntries(merged)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
