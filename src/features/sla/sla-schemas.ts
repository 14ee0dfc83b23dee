/** Shapes of service levels on the wire. */
import { type Static, Type } from 'typebox'
import { MAX_HOLIDAYS, MAX_WINDOWS } from '../../domain/calendar/calendar-faults.ts'
import {
  MAX_ESCALATIONS,
  MAX_SLA_SECONDS,
  SLA_ACTIONS,
  SLA_HOURS,
  SLA_TARGETS,
  type SlaDefinition,
} from '../../domain/sla/sla-policy.ts'
import { LocalDay, TimeZoneName, WorkingWindowInput, WorkingWindowSchema } from '../../http/calendar-schemas.ts'
import { ConditionSchema } from '../../http/condition-schemas.ts'
import {
  component,
  Flag,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  ref,
  Slug,
  Text,
} from '../../http/schema.ts'
import { policySchemas } from '../../policies/endpoints/policy-schemas.ts'

const seconds = (description: string, example: number) =>
  Nullable(Int(1, MAX_SLA_SECONDS, { description, examples: [example] }))

const targets = {
  accept_seconds: seconds('Business seconds until the seller has accepted; null promises nothing.', 900),
  first_touch_seconds: seconds('Business seconds until the first response; null promises nothing.', 3600),
  qualify_seconds: seconds(
    'Business seconds until the lead is qualified or disqualified; null promises nothing.',
    172800,
  ),
}

const calendar = {
  time_zone: TimeZoneName('IANA time zone of the hours.'),
  windows: List(ref(WorkingWindowSchema), MAX_WINDOWS, { description: 'Blocks of working time; they may overlap.' }),
  holidays: List(LocalDay('A day that is closed from midnight to midnight.'), MAX_HOLIDAYS, {
    description: 'Days on which nobody works.',
    examples: [['2026-12-25']],
  }),
}

const escalation = {
  target: OpenEnum(SLA_TARGETS, { description: 'The target that was missed.' }),
  after_seconds: Int(0, MAX_SLA_SECONDS, { description: 'Business seconds after the breach.', examples: [0] }),
  action: OpenEnum(SLA_ACTIONS, {
    description:
      '`remind` tells the seller, `notify_manager` the manager of the team (of a lead that waits in a pull queue too), `reassign` routes the lead anew, to somebody who has not failed it, `return_to_pool` puts it into the pull queue of its pool, or routes it anew where there is none.',
  }),
}

const SlaTargets = component('SlaTargets', 'What is promised, in business time since the assignment.', targets)
const SlaCalendarSchema = component('SlaCalendar', 'Hours of a policy.', calendar)
const SlaEscalationSchema = component('SlaEscalation', 'A rung of the ladder.', escalation)

const common = {
  name: Text(200, { description: 'What people call it.', examples: ['Hot leads'], minLength: 1 }),
  priority: Int(0, 100_000, {
    description: 'Lower is asked first; the first policy that fits an assignment is the one.',
    examples: [100],
  }),
  condition: NullableRef(ConditionSchema, 'Leads that it is for; null is every lead.'),
  pool_keys: List(Slug({ description: 'A pool.', examples: ['inbound'] }), 100, {
    description: 'Pools that it is for; empty is every one, and leads of none.',
    examples: [[]],
  }),
  hours: OpenEnum(SLA_HOURS, {
    description:
      'Whose hours count: `seller` those of who has the lead (holidays and absences too), `calendar` those of the policy.',
  }),
  at_risk_percent: Nullable(
    Int(1, 99, { description: 'Share of a target after which it is at risk; null warns of nothing.', examples: [80] }),
  ),
  notify_seller: Flag({ description: 'True tells the seller of each new assignment by mail.', examples: [false] }),
  pause_statuses: List(Slug({ description: 'A status.', examples: ['nurturing'] }), 20, {
    description: 'While the lead has one of these statuses the clock stands still.',
    examples: [['nurturing']],
  }),
  pause_stage_keys: List(Slug({ description: 'A stage.', examples: ['recycled'] }), 50, {
    description: 'While the lead is in one of these stages the clock stands still.',
    examples: [['recycled']],
  }),
}

export const SlaDefinitionSchema = component('SlaDefinition', 'The promise of a response.', {
  ...common,
  calendar: NullableRef(
    SlaCalendarSchema,
    'Hours of the policy, also for a seller without hours and for a queue; null is around the clock.',
  ),
  targets: ref(SlaTargets),
  escalation: List(ref(SlaEscalationSchema), MAX_ESCALATIONS, { description: 'What follows a breach.' }),
})

const SlaTargetsInput = input('SlaTargetsInput', 'What is promised; at least one target.', {
  accept_seconds: Type.Optional(targets.accept_seconds),
  first_touch_seconds: Type.Optional(targets.first_touch_seconds),
  qualify_seconds: Type.Optional(targets.qualify_seconds),
})

const SlaCalendarInput = input('SlaCalendarInput', 'Hours of a policy.', {
  time_zone: calendar.time_zone,
  windows: List(ref(WorkingWindowInput), MAX_WINDOWS, { description: 'Blocks of working time; they may overlap.' }),
  holidays: Type.Optional(calendar.holidays),
})

const SlaEscalationInput = input('SlaEscalationInput', 'A rung of the ladder.', {
  target: escalation.target,
  after_seconds: Type.Optional(escalation.after_seconds),
  action: escalation.action,
})

export const SlaPolicyInput = input('SlaPolicyInput', 'A service level; only its targets are required.', {
  name: Type.Optional(common.name),
  priority: Type.Optional(common.priority),
  condition: Type.Optional(common.condition),
  pool_keys: Type.Optional(common.pool_keys),
  hours: Type.Optional(common.hours),
  calendar: Type.Optional(NullableRef(SlaCalendarInput, 'Hours of the policy; around the clock when left out.')),
  targets: ref(SlaTargetsInput),
  at_risk_percent: Type.Optional(common.at_risk_percent),
  notify_seller: Type.Optional(common.notify_seller),
  pause_statuses: Type.Optional(common.pause_statuses),
  pause_stage_keys: Type.Optional(common.pause_stage_keys),
  escalation: Type.Optional(List(ref(SlaEscalationInput), MAX_ESCALATIONS, { description: 'What follows a breach.' })),
})

export type SlaPolicyBody = Static<typeof SlaPolicyInput>

/** The definition that a body means, complete with its defaults. */
export function toSlaDefinition(body: SlaPolicyBody): SlaDefinition {
  const { calendar: hours, targets: promised } = body
  return {
    name: body.name ?? 'Service level',
    priority: body.priority ?? 100,
    condition: (body.condition ?? null) as SlaDefinition['condition'], // the catalogue judges it before it is stored
    pool_keys: [...new Set(body.pool_keys ?? [])],
    hours: body.hours ?? 'seller',
    calendar: hours === null || hours === undefined ? null : { ...hours, holidays: hours.holidays ?? [] },
    targets: {
      accept_seconds: promised.accept_seconds ?? null,
      first_touch_seconds: promised.first_touch_seconds ?? null,
      qualify_seconds: promised.qualify_seconds ?? null,
    },
    at_risk_percent: body.at_risk_percent ?? null,
    notify_seller: body.notify_seller ?? false,
    pause_statuses: body.pause_statuses ?? [],
    pause_stage_keys: body.pause_stage_keys ?? [],
    escalation: (body.escalation ?? []).map((step) => ({ ...step, after_seconds: step.after_seconds ?? 0 })),
  }
}

export const SlaPolicySchemas = policySchemas('SlaPolicy', 'service level', 'hot-leads', SlaDefinitionSchema)
