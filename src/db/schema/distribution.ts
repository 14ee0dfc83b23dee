/** Sellers, their teams, and who got which lead. Written by: features/distribution (people), pipeline/route (the rest). */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { WorkingWindow } from '../../domain/calendar/calendar.ts'
import type { ExternalId } from '../../domain/lead.ts'
import type { Explanation } from '../../domain/routing/explanation.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'
import type { Absence } from '../../domain/routing/seller.ts'
import type { TeamDocument } from '../../domain/routing/team-document.ts'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

/** Sellers: people of the customer's staff who get leads. They do not log in here. */
export const users = pgTable(
  'users',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    name: text('name').notNull(),
    email: text('email'),
    external_ids: jsonb('external_ids').$type<ExternalId[]>().notNull(),
    /** Level 1 to 100 by skill. */
    skills: jsonb('skills').$type<Record<string, number>>().notNull(),
    languages: text('languages').array().notNull(),
    territories: text('territories').array().notNull(),
    capacity_open: integer('capacity_open'),
    capacity_day: integer('capacity_day'),
    capacity_week: integer('capacity_week'),
    weight: integer('weight').notNull(),
    /** IANA; null is the zone of the workspace. Days and weeks of the capacities are counted in it. */
    time_zone: text('time_zone'),
    /** None: available at any hour. */
    working_hours: jsonb('working_hours').$type<WorkingWindow[]>().notNull(),
    /** Holidays of the seller; null takes those of the team. */
    holidays_key: text('holidays_key'),
    absences: jsonb('absences').$type<Absence[]>().notNull(),
    active: boolean('active').notNull(),
    version: integer('version').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('users_created_ix').on(t.workspace_id, t.created_at, t.id),
  ],
)

/** What only one seller can have: `email` (folded) and `external:<system>`. */
export const userIdentities = pgTable(
  'user_identities',
  {
    workspace_id: workspaceId(),
    kind: text('kind').notNull(),
    value: text('value').notNull(),
    user_id: uuid('user_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.kind, t.value] }),
    index('user_identities_user_ix').on(t.workspace_id, t.user_id),
    foreignKey({ columns: [t.workspace_id, t.user_id], foreignColumns: [users.workspace_id, users.id] }),
  ],
)

/** Every version of a seller: a replay routes with the capacity, hours and absences of that day. Only added to. */
export const userVersions = pgTable(
  'user_versions',
  {
    workspace_id: workspaceId(),
    user_id: uuid('user_id').notNull(),
    version: integer('version').notNull(),
    valid_from: moment('valid_from').notNull(),
    document: jsonb('document').$type<Record<string, unknown>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.user_id, t.version] })],
)

/** Every version of teams, pools, territories and holidays; the highest one counts. Only added to. */
export const teamVersions = pgTable(
  'team_versions',
  {
    workspace_id: workspaceId(),
    version: integer('version').notNull(),
    valid_from: moment('valid_from').notNull(),
    actor: text('actor').notNull(),
    document: jsonb('document').$type<TeamDocument>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.version] })],
)

/**
 * Who got a lead, when, and why. At most one assignment of a lead is open (`ended_at` null): the unique index is what
 * keeps a lead from having two owners. Exactly one of `user_id`, `buyer_key`, or neither for a lead that waits in the
 * pull queue of `pool_key`.
 */
export const assignments = pgTable(
  'assignments',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    /** `user`, `queue` or `buyer`. */
    target: text('target').notNull(),
    user_id: uuid('user_id'),
    pool_key: text('pool_key'),
    buyer_key: text('buyer_key'),
    /** Why it was made: `rule`, `default`, `explicit`, `manual`, `pull`, `reassign`, `reopened`. */
    cause: text('cause').notNull(),
    actor: text('actor').notNull(),
    note: text('note'),
    policy_version: integer('policy_version'),
    teams_version: integer('teams_version'),
    rule_key: text('rule_key'),
    strategy: text('strategy'),
    /** Place in the order of all decisions of the workspace. */
    decision: bigint('decision', { mode: 'number' }),
    pass_before: bigint('pass_before', { mode: 'number' }),
    pass_after: bigint('pass_after', { mode: 'number' }),
    explanation: jsonb('explanation').$type<Explanation>(),
    /** Score and worth of the lead at that moment, for the fairness report. */
    score: doublePrecision('score'),
    worth: doublePrecision('worth'),
    /** When the lead came: speed is measured from here. */
    arrived_at: moment('arrived_at').notNull(),
    assigned_at: moment('assigned_at').notNull(),
    accepted_at: moment('accepted_at'),
    first_touch_at: moment('first_touch_at'),
    qualified_at: moment('qualified_at'),
    ended_at: moment('ended_at'),
    /** `declined`, `released`, `reassigned`, `owner_changed`, `closed`, `pulled`, ... */
    end_reason: text('end_reason'),
    end_note: text('end_note'),
    ended_by: text('ended_by'),
    /** When its turn was given back to the seller; null when it counts. */
    credited_at: moment('credited_at'),
    /** The receipt of the decision; null where a person decided. */
    receipt_id: uuid('receipt_id'),
    version: integer('version').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    uniqueIndex('assignments_open_uq').on(t.workspace_id, t.lead_id).where(sql`ended_at is null`),
    index('assignments_lead_ix').on(t.workspace_id, t.lead_id, t.assigned_at, t.id),
    index('assignments_time_ix').on(t.workspace_id, t.assigned_at, t.id),
    index('assignments_user_ix').on(t.workspace_id, t.user_id, t.assigned_at, t.id),
    index('assignments_queue_ix')
      .on(t.workspace_id, t.pool_key, t.assigned_at)
      .where(sql`ended_at is null and user_id is null`),
    // The order in which leads are pulled: the best first, then the one that waits longest.
    index('assignments_pull_ix')
      .on(t.workspace_id, t.pool_key, t.score.desc().nullsLast(), t.arrived_at, t.id)
      .where(sql`target = 'queue' and ended_at is null`),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
    foreignKey({ columns: [t.workspace_id, t.user_id], foreignColumns: [users.workspace_id, users.id] }),
  ],
)

/** One row for each workspace that routes: its lock puts all routing decisions in one order, and counts them. */
export const routingClocks = pgTable('routing_clocks', {
  workspace_id: workspaceId().primaryKey(),
  decisions: bigint('decisions', { mode: 'number' }).notNull(),
  /** Moves with every change of sellers or teams: what is kept of them in memory is good until then. */
  people_revision: bigint('people_revision', { mode: 'number' }).notNull().default(0),
  /** The last day of which `routing_days` tells. */
  snapshot_day: date('snapshot_day'),
})

/** Where everybody stood when the first lead of a day was routed: from here past days are replayed. Only added to. */
export const routingDays = pgTable(
  'routing_days',
  {
    workspace_id: workspaceId(),
    /** UTC. */
    day: date('day').notNull(),
    taken_at: moment('taken_at').notNull(),
    decisions: bigint('decisions', { mode: 'number' }).notNull(),
    turns: jsonb('turns').$type<Record<string, unknown>[]>().notNull(),
    loads: jsonb('loads').$type<Record<string, unknown>[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.day] })],
)

/** Past arrivals through other rules: what was asked, and what came of it. Written by: features/distribution. */
export const routingReplays = pgTable(
  'routing_replays',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    operation_id: uuid('operation_id').notNull(),
    policy_version: integer('policy_version').notNull(),
    definition: jsonb('definition').$type<RoutingDefinition>().notNull(),
    from_at: moment('from_at').notNull(),
    to_at: moment('to_at').notNull(),
    /** Null until it has run. */
    result: jsonb('result').$type<Record<string, unknown>>(),
    created_at: moment('created_at').notNull(),
    created_by: text('created_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.id] })],
)

/** Where a member stands in the rotation of a pool (domain/routing/turn.ts). Changed by differences only. */
export const poolTurns = pgTable(
  'pool_turns',
  {
    workspace_id: workspaceId(),
    pool_key: text('pool_key').notNull(),
    user_id: uuid('user_id').notNull(),
    pass: bigint('pass', { mode: 'number' }).notNull(),
    /** The decision that last gave this member a lead of the pool; 0 when none did. */
    last_decision: bigint('last_decision', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.pool_key, t.user_id] })],
)

/** What a seller has on the desk, counted by the assignments themselves. Day and week are those of the seller's zone. */
export const sellerLoads = pgTable(
  'seller_loads',
  {
    workspace_id: workspaceId(),
    user_id: uuid('user_id').notNull(),
    open_count: integer('open_count').notNull(),
    day: date('day').notNull(),
    day_count: integer('day_count').notNull(),
    /** Monday of the week. */
    week: date('week').notNull(),
    week_count: integer('week_count').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.user_id] })],
)

/** Leads that should have an owner and have none: waiting for somebody to be available, or unroutable. */
export const unroutedLeads = pgTable(
  'unrouted_leads',
  {
    workspace_id: workspaceId(),
    lead_id: uuid('lead_id').notNull(),
    /** `waiting` for a pool by its rule, or `unroutable`: nobody could take it. */
    state: text('state').notNull(),
    reason: text('reason').notNull(),
    rule_key: text('rule_key'),
    pool_key: text('pool_key'),
    since: moment('since').notNull(),
    /** When it is tried again at the latest; null waits for a change of people or rules. */
    retry_at: moment('retry_at'),
    policy_version: integer('policy_version').notNull(),
    teams_version: integer('teams_version').notNull(),
    explanation: jsonb('explanation').$type<Explanation>().notNull(),
    receipt_id: uuid('receipt_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.lead_id] }),
    index('unrouted_leads_since_ix').on(t.workspace_id, t.since, t.lead_id),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)
