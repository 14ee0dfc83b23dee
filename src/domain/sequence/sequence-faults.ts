// What is wrong with a sequence before it may be published, each fault with a pointer to its place: names that lead
// nowhere, steps that nobody reaches, circles that would send as fast as mail goes, conditions that ask for nothing known.

import { calendarFaults } from '../calendar/calendar-faults.ts'
import type { FieldCatalogue } from '../condition/field-catalogue.ts'
import { validateCondition } from '../condition/validate-condition.ts'
import { EVERY_PURPOSE } from '../consent.ts'
import { type SequenceDefinition, SHORTEST_ROUND_SECONDS, type Step, type WaitStep } from './sequence.ts'

export interface SequenceFault {
  code: string
  detail: string
  pointer: string
}

type Report = (code: string, pointer: string, detail: string) => void

/** Everything wrong with a definition whose shape is right; empty when it may be published. */
export function sequenceFaults(definition: SequenceDefinition, catalogue: FieldCatalogue): SequenceFault[] {
  const faults: SequenceFault[] = []
  const report: Report = (code, pointer, detail) => faults.push({ code, detail, pointer })
  checkEntry(definition, report)
  if (definition.purpose === EVERY_PURPOSE) report('invalid_value', '/purpose', 'Mail has one purpose.')
  const keys = new Set<string>()
  definition.steps.forEach((step, i) => {
    if (keys.has(step.key)) report('not_unique', `/steps/${i}/key`, `There is another step ${step.key}.`)
    keys.add(step.key)
    checkPart(step, `/steps/${i}`, report)
    checkVariants(step, `/steps/${i}/split`, report)
    checkChanges(step, `/steps/${i}`, report)
    checkWait(step.wait, catalogue, `/steps/${i}/wait`, report)
  })
  for (const { condition, pointer } of conditionsOf(definition)) {
    const verdict = validateCondition(condition, catalogue, pointer)
    if (!verdict.ok) faults.push(...verdict.faults)
  }
  checkWays(definition, keys, report)
  if (faults.length === 0) checkGraph(definition, report)
  return faults
}

const TRIGGERS = { segment: 'segment_key', stage: 'stage_key' } as const

function checkEntry({ entry, reentry }: SequenceDefinition, report: Report): void {
  for (const [kind, member] of Object.entries(TRIGGERS)) {
    if (entry.kind === kind && entry[member] === null) {
      report('required', `/entry/${member}`, `An entry by ${kind} needs it.`)
    }
    if (entry.kind !== kind && entry[member] !== null) {
      report('not_allowed_here', `/entry/${member}`, `Only an entry by ${kind} has it.`)
    }
  }
  if (entry.kind !== 'condition') return
  if (entry.condition === null) report('required', '/entry/condition', 'An entry by condition needs it.')
  // It would hold at the end as at the beginning, and the lead would come back at once, for ever.
  if (reentry.mode !== 'never' && reentry.after_days < 1) {
    report('invalid_value', '/reentry/after_days', 'An entry by condition lets nobody back in within a day.')
  }
}

const PARTS = [
  'email',
  'wait',
  'branch',
  'split',
  'update',
  'tag',
  'move_stage',
  'notify',
  'webhook',
  'enroll',
] as const

/** Exactly the member that the kind names. */
function checkPart(step: Step, pointer: string, report: Report): void {
  for (const part of PARTS) {
    const isGiven = !(step[part] === null || (Array.isArray(step[part]) && step[part].length === 0))
    if (part === step.kind && !isGiven) report('required', `${pointer}/${part}`, 'A step of this kind needs it.')
    if (part !== step.kind && isGiven) {
      report('not_allowed_here', `${pointer}/${part}`, `Only a step of kind ${part} has it.`)
    }
  }
  if ((step.kind === 'end' || step.kind === 'split') && step.next !== null) {
    report('not_allowed_here', `${pointer}/next`, `A step of kind ${step.kind} has no next step of its own.`)
  }
}

function checkVariants({ split }: Step, pointer: string, report: Report): void {
  const keys = split.map(({ key }) => key)
  for (const [i, key] of keys.entries()) {
    if (keys.indexOf(key) < i) report('not_unique', `${pointer}/${i}/key`, `There is another variant ${key}.`)
  }
}

function checkChanges({ update, tag }: Step, pointer: string, report: Report): void {
  const fields = update.map(({ field }) => field)
  for (const [i, field] of fields.entries()) {
    if (fields.indexOf(field) < i) report('not_unique', `${pointer}/update/${i}/field`, `${field} is there twice.`)
  }
  for (const member of ['add', 'remove'] as const) {
    for (const [i, name] of (tag?.[member] ?? []).entries()) {
      if (name === '') report('blank', `${pointer}/tag/${member}/${i}`, 'Must not be blank.')
    }
  }
}

/** The members of a wait, and the kinds that they belong to. */
const WAIT_MEMBERS = {
  seconds: ['duration', 'until_date'],
  field: ['until_date'],
  condition: ['until_condition'],
  timeout_seconds: ['until_condition'],
  timeout_next: ['until_condition'],
} satisfies Partial<Record<keyof WaitStep, WaitStep['kind'][]>>

const DATE_TYPES = new Set(['date', 'timestamp'])

function checkWait(wait: WaitStep | null, catalogue: FieldCatalogue, pointer: string, report: Report): void {
  if (wait === null) return
  const need = (member: keyof WaitStep, kinds: WaitStep['kind'][]) => {
    if (kinds.includes(wait.kind) && wait[member] === null) {
      report('required', `${pointer}/${member}`, `A wait of kind ${wait.kind} needs it.`)
    }
  }
  need('seconds', ['duration', 'until_date'])
  need('field', ['until_date'])
  need('condition', ['until_condition'])
  need('window', ['window'])
  for (const [member, kinds] of Object.entries(WAIT_MEMBERS) as [keyof typeof WAIT_MEMBERS, WaitStep['kind'][]][]) {
    if (wait[member] !== null && !kinds.includes(wait.kind)) {
      report('not_allowed_here', `${pointer}/${member}`, `A wait of kind ${wait.kind} does not have it.`)
    }
  }
  if (wait.kind === 'duration' && wait.seconds !== null && wait.seconds < 1) {
    report('invalid_value', `${pointer}/seconds`, 'A duration is at least a second.')
  }
  if (wait.timeout_next !== null && wait.timeout_seconds === null) {
    report('required', `${pointer}/timeout_seconds`, 'Without it the time-out never comes.')
  }
  if (wait.field !== null) {
    const type = catalogue.get(wait.field)?.type
    if (type === undefined) report('unknown_field', `${pointer}/field`, `There is no field ${wait.field}.`)
    else if (!DATE_TYPES.has(type)) report('invalid_value', `${pointer}/field`, 'Must be a field that holds a date.')
  }
  if (wait.window !== null) {
    const { window } = wait
    const calendar = { time_zone: 'UTC', windows: [window], holidays: [], absences: [] }
    for (const fault of calendarFaults(calendar)) {
      report(fault.code, `${pointer}/window${fault.pointer.replace('/windows/0', '')}`, fault.detail)
    }
  }
}

function conditionsOf({ entry, goal, exit, steps }: SequenceDefinition) {
  return [
    { condition: entry.condition, pointer: '/entry/condition' },
    { condition: goal, pointer: '/goal' },
    { condition: exit.condition, pointer: '/exit/condition' },
    ...steps.flatMap(({ wait, branch }, i) => [
      { condition: wait?.condition ?? null, pointer: `/steps/${i}/wait/condition` },
      ...branch.map(({ condition }, b) => ({ condition, pointer: `/steps/${i}/branch/${b}/condition` })),
    ]),
  ]
}

interface Way {
  readonly to: string | null
  readonly pointer: string
}

/** All ways that lead on from a step. */
function waysOf(step: Step, pointer: string): Way[] {
  if (step.kind === 'end') return []
  if (step.kind === 'split')
    return step.split.map(({ next }, i) => ({ to: next, pointer: `${pointer}/split/${i}/next` }))
  const { wait, branch } = step
  return [
    { to: step.next, pointer: `${pointer}/next` },
    ...branch.map(({ next }, i) => ({ to: next, pointer: `${pointer}/branch/${i}/next` })),
    ...(wait?.timeout_next == null ? [] : [{ to: wait.timeout_next, pointer: `${pointer}/wait/timeout_next` }]),
  ]
}

function checkWays({ steps }: SequenceDefinition, keys: ReadonlySet<string>, report: Report): void {
  for (const [i, step] of steps.entries()) {
    for (const { to, pointer } of waysOf(step, `/steps/${i}`)) {
      if (to !== null && !keys.has(to)) report('unknown_step', pointer, `There is no step ${to}.`)
    }
  }
}

function checkGraph({ steps }: SequenceDefinition, report: Report): void {
  const byKey = new Map(steps.map((step) => [step.key, step]))
  const targets = (step: Step) => waysOf(step, '').flatMap(({ to }) => byKey.get(to ?? '') ?? [])
  const reached = new Set<Step>(steps.slice(0, 1))
  for (const step of reached) for (const target of targets(step)) reached.add(target)
  for (const [i, step] of steps.entries()) {
    if (!reached.has(step)) report('unreachable', `/steps/${i}`, `No way leads to the step ${step.key}.`)
    // A step that comes back to itself without a real wait in between.
    if (!isLongWait(step) && leadsBack(step, targets)) {
      const hours = SHORTEST_ROUND_SECONDS / 3_600
      report('endless_loop', `/steps/${i}`, `The circle through this step needs a wait of at least ${hours} hour.`)
    }
  }
}

/** Only a duration surely takes its time: a date may have passed, a condition may hold, a window may be open. */
function isLongWait({ wait }: Step): boolean {
  return wait?.kind === 'duration' && (wait.seconds ?? 0) >= SHORTEST_ROUND_SECONDS
}

function leadsBack(from: Step, targets: (step: Step) => Step[]): boolean {
  const seen = new Set<Step>(targets(from).filter((step) => !isLongWait(step)))
  for (const step of seen) {
    if (step === from) return true
    for (const target of targets(step)) if (!isLongWait(target)) seen.add(target)
  }
  return false
}
