/** Mail: what is sent, to whom never, and what became of it. Written by: pipeline/mail; documents by features/nurturing. */
import { sql } from 'drizzle-orm'
import {
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
import type { MailSettings } from '../../domain/mail/mail-settings.ts'
import type { MessageContent, MessageDecision, MessageState, MessageTally } from '../../domain/mail/message.ts'
import type { SenderDefinition } from '../../domain/mail/sender.ts'
import type { TemplateDefinition } from '../../domain/mail/template.ts'
import { bytea } from './bytea.ts'
import { moment, workspaceId } from './columns.ts'
import { leads } from './leads.ts'

/** The current version of each template; a deleted one keeps its versions for the messages made from it. */
export const templates = pgTable(
  'templates',
  {
    workspace_id: workspaceId(),
    template_key: text('template_key').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').$type<TemplateDefinition>().notNull(),
    deleted: boolean('deleted').notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.template_key] })],
)

/** Every version that ever was. */
export const templateVersions = pgTable(
  'template_versions',
  {
    workspace_id: workspaceId(),
    template_key: text('template_key').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').$type<TemplateDefinition>().notNull(),
    actor: text('actor').notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.template_key, t.version] }),
    foreignKey({
      columns: [t.workspace_id, t.template_key],
      foreignColumns: [templates.workspace_id, templates.template_key],
    }),
  ],
)

/** Who mail comes from. Password and DKIM key are sealed for this row. */
export const mailSenders = pgTable(
  'mail_senders',
  {
    workspace_id: workspaceId(),
    sender_key: text('sender_key').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').$type<SenderDefinition>().notNull(),
    smtp_password: bytea('smtp_password'),
    dkim_private_key: bytea('dkim_private_key'),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.sender_key] })],
)

/**
 * One row for each workspace: its rules of sending, and the gate. Whoever hands mail over and whoever opts out lock this
 * row first: so an opt-out that commits before the mark of a hand-over is always seen by it.
 */
export const mailGates = pgTable(
  'mail_gates',
  {
    workspace_id: workspaceId(),
    version: integer('version').notNull(),
    settings: jsonb('settings').$type<MailSettings>().notNull(),
    /** Set while too many people complain: marketing mail waits. */
    paused_at: moment('paused_at'),
    warned_at: moment('warned_at'),
    /** Complaints before this moment no longer count: somebody has looked at them. */
    resumed_at: moment('resumed_at'),
    updated_at: moment('updated_at'),
  },
  (t) => [primaryKey({ columns: [t.workspace_id] })],
)

/** Sealed secret by which the callbacks of a provider are verified. */
export const mailProviders = pgTable(
  'mail_providers',
  {
    workspace_id: workspaceId(),
    provider: text('provider').notNull(),
    version: integer('version').notNull(),
    secret: bytea('secret').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.provider] })],
)

/** One mail to one person. `dedupe_key` is what makes a step of an enrollment exactly one row. */
export const messages = pgTable(
  'messages',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    dedupe_key: text('dedupe_key').notNull(),
    kind: text('kind').$type<'marketing' | 'transactional'>().notNull(),
    purpose: text('purpose').notNull(),
    lead_id: uuid('lead_id'),
    to_email: text('to_email'),
    to_name: text('to_name'),
    /** The address as suppressions know it. */
    address_key: text('address_key'),
    sender_key: text('sender_key'),
    template_key: text('template_key'),
    template_version: integer('template_version'),
    /** Subject and bodies of a mail that has no template. */
    content: jsonb('content').$type<MessageContent>(),
    locale: text('locale'),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    sequence_key: text('sequence_key'),
    enrollment_id: uuid('enrollment_id'),
    step_key: text('step_key'),
    variant: text('variant'),
    state: text('state').$type<MessageState>().notNull(),
    /** Why it is in this state: of withheld, failed, postponed and canceled ones. */
    reason: text('reason'),
    decision: jsonb('decision').$type<MessageDecision>(),
    due_at: moment('due_at').notNull(),
    lease_until: moment('lease_until'),
    attempt: integer('attempt').notNull(),
    /** Tries that came to nothing. */
    failures: integer('failures').notNull(),
    /** How often the bytes may have gone out: counts hand-overs. */
    hand_overs: integer('hand_overs').notNull(),
    subject: text('subject'),
    rfc_message_id: text('rfc_message_id'),
    content_hash: text('content_hash'),
    smtp_response: text('smtp_response'),
    tally: jsonb('tally').$type<MessageTally>().notNull(),
    actor: text('actor').notNull(),
    origin: text('origin'),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
    handed_at: moment('handed_at'),
    sent_at: moment('sent_at'),
    resolved_by: text('resolved_by'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    uniqueIndex('messages_dedupe_uq').on(t.workspace_id, t.dedupe_key),
    index('messages_due_ix').on(t.workspace_id, t.due_at).where(sql`state = 'planned'`),
    index('messages_leased_ix').on(t.workspace_id, t.lease_until).where(sql`state in ('claimed', 'handed')`),
    index('messages_lead_ix').on(t.workspace_id, t.lead_id, t.created_at, t.id).where(sql`lead_id is not null`),
    index('messages_enrollment_ix').on(t.workspace_id, t.enrollment_id).where(sql`enrollment_id is not null`),
    index('messages_created_ix').on(t.workspace_id, t.created_at, t.id),
    // Answers and reports name the mail by its Message-ID.
    index('messages_rfc_id_ix').on(t.workspace_id, t.rfc_message_id).where(sql`rfc_message_id is not null`),
    // For the frequency cap: what a person was handed lately.
    index('messages_handed_ix').on(t.workspace_id, t.address_key, t.handed_at).where(sql`handed_at is not null`),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)

/** The frozen rendering: the exact bytes (deflated), and the addresses that its links lead to. */
export const messageBodies = pgTable(
  'message_bodies',
  {
    workspace_id: workspaceId(),
    message_id: uuid('message_id').notNull(),
    mime: bytea('mime').notNull(),
    links: jsonb('links').$type<string[]>().notNull(),
    created_at: moment('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.message_id] }),
    foreignKey({ columns: [t.workspace_id, t.message_id], foreignColumns: [messages.workspace_id, messages.id] }),
  ],
)

/** What happened to a message after it left. `dedupe_key` makes a callback that comes twice one event. */
export const messageEvents = pgTable(
  'message_events',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    message_id: uuid('message_id').notNull(),
    type: text('type').notNull(),
    occurred_at: moment('occurred_at').notNull(),
    /** Percent: how likely a machine did it, not the person. */
    machine_percent: integer('machine_percent').notNull(),
    url: text('url'),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    dedupe_key: text('dedupe_key').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    uniqueIndex('message_events_dedupe_uq').on(t.workspace_id, t.dedupe_key),
    index('message_events_message_ix').on(t.workspace_id, t.message_id, t.occurred_at, t.id),
    index('message_events_complaint_ix').on(t.workspace_id, t.occurred_at).where(sql`type = 'complained'`),
    foreignKey({ columns: [t.workspace_id, t.message_id], foreignColumns: [messages.workspace_id, messages.id] }),
  ],
)

/** Whom no mail goes to. A lifted one stays for the record. */
export const suppressions = pgTable(
  'suppressions',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    kind: text('kind').$type<'address' | 'domain'>().notNull(),
    /** As it was given, for people; `value` is what is compared. */
    shown: text('shown').notNull(),
    value: text('value').notNull(),
    /** `all`, `marketing`, or `purpose` with the purpose. */
    scope: text('scope').notNull(),
    purpose: text('purpose').notNull(),
    reason: text('reason').notNull(),
    note: text('note'),
    message_id: uuid('message_id'),
    actor: text('actor').notNull(),
    created_at: moment('created_at').notNull(),
    lifted_at: moment('lifted_at'),
    lifted_by: text('lifted_by'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    uniqueIndex('suppressions_active_uq')
      .on(t.workspace_id, t.kind, t.value, t.scope, t.purpose)
      .where(sql`lifted_at is null`),
    index('suppressions_created_ix').on(t.workspace_id, t.created_at, t.id),
  ],
)

/** A consent that waits for its confirmation by mail. */
export const confirmations = pgTable(
  'confirmations',
  {
    workspace_id: workspaceId(),
    id: uuid('id').notNull(),
    lead_id: uuid('lead_id').notNull(),
    /** The address that the mail went to: confirming proves nothing about another one. */
    email: text('email').notNull(),
    purpose: text('purpose').notNull(),
    wording: text('wording').notNull(),
    locale: text('locale').notNull(),
    message_id: uuid('message_id').notNull(),
    actor: text('actor').notNull(),
    requested_at: moment('requested_at').notNull(),
    expires_at: moment('expires_at').notNull(),
    confirmed_at: moment('confirmed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.id] }),
    index('confirmations_lead_ix').on(t.workspace_id, t.lead_id, t.requested_at, t.id),
    foreignKey({ columns: [t.workspace_id, t.lead_id], foreignColumns: [leads.workspace_id, leads.id] }),
  ],
)
