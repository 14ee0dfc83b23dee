/** Webhooks: who is told of changes, where each stands in the feed, and what was sent. Written by: features/webhooks. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
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
import type { Condition } from '../../domain/condition/condition-shape.ts'
import type { AttemptRecord, DeliveryState, EndpointState } from '../../domain/webhook/delivery.ts'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'

/** Where changes are sent. Secrets and headers are sealed; a deleted one stays until its deliveries are forgotten. */
export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    url: text('url').notNull(),
    description: text('description').notNull(),
    /** Types and patterns such as `lead.*`; empty takes all. */
    types: text('types').array().notNull(),
    condition: jsonb('condition').$type<Condition>(),
    coalesce_seconds: integer('coalesce_seconds').notNull(),
    header_names: text('header_names').array().notNull(),
    headers: bytea('headers'),
    secret: bytea('secret').notNull(),
    previous_secret: bytea('previous_secret'),
    previous_secret_ends_at: moment('previous_secret_ends_at'),
    state: text('state').$type<EndpointState>().notNull(),
    disabled_reason: text('disabled_reason'),
    disabled_at: moment('disabled_at'),
    version: integer('version').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.id] })],
)

/**
 * How far each enabled endpoint has got in the change feed; a disabled one has no row here, so nothing is queued for it
 * and nothing is sent. Apart from the endpoint, because it moves with every change.
 */
export const webhookCursors = pgTable(
  'webhook_cursors',
  {
    workspace_id: workspaceId(),
    endpoint_id: uuid('endpoint_id').notNull(),
    /** The last change that was looked at for this endpoint. */
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    /** Since when every attempt failed; null while the last one was taken. */
    failing_since: moment('failing_since'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.endpoint_id] }),
    foreignKey({
      columns: [t.workspace_id, t.endpoint_id],
      foreignColumns: [webhookEndpoints.workspace_id, webhookEndpoints.id],
    }),
  ],
)

/**
 * One change for one endpoint, due until it is taken or given up. No foreign keys: a change for 500 endpoints is 500
 * rows. The body is made from the feed when it is sent, so nothing personal is stored twice.
 */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    endpoint_id: uuid('endpoint_id').notNull(),
    /** Place of the change in the feed; null for a test. */
    sequence: bigint('sequence', { mode: 'number' }),
    /** Where the window began when several updates became one: all of that object and type from here to `sequence`. */
    first_sequence: bigint('first_sequence', { mode: 'number' }),
    /** Id of the change: the `webhook-id` of every try. */
    change_id: uuid('change_id').notNull(),
    type: text('type').notNull(),
    object_id: uuid('object_id').notNull(),
    /** Body of a test; null where the feed has it. */
    body: jsonb('body').$type<Record<string, unknown>>(),
    state: text('state').$type<DeliveryState>().notNull(),
    /** True until it is claimed first, where later updates of the same object may join. */
    window_open: boolean('window_open').notNull(),
    /** When it is sent next; while a worker is at it, when another one may take over. */
    due_at: moment('due_at').notNull(),
    /** Counts every try ever made: the fence between workers. */
    attempt: integer('attempt').notNull(),
    /** Tries since it was last queued: the place in the retry schedule. */
    tries: integer('tries').notNull(),
    attempts: jsonb('attempts').$type<AttemptRecord[]>().notNull(),
    created_at: moment('created_at').notNull(),
    finished_at: moment('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    // Second fence against a change that is queued twice; null (a test) differs from null.
    uniqueIndex('webhook_deliveries_change_uq').on(t.workspace_id, t.endpoint_id, t.sequence),
    uniqueIndex('webhook_deliveries_window_uq')
      .on(t.workspace_id, t.endpoint_id, t.object_id, t.type)
      .where(sql`window_open`),
    index('webhook_deliveries_due_ix').on(t.workspace_id, t.endpoint_id, t.due_at).where(sql`state = 'pending'`),
    index('webhook_deliveries_endpoint_ix').on(t.workspace_id, t.endpoint_id, t.id),
    index('webhook_deliveries_failed_ix').on(t.workspace_id, t.id).where(sql`state = 'failed'`),
  ],
)
