/** Change feed and outbox. Written by: changes/. */
import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment, workspaceId } from './columns.ts'

/** Last sequence number given in a workspace; its row lock is what makes the feed gap-free. */
export const changeCounters = pgTable('change_counters', {
  workspace_id: workspaceId().primaryKey(),
  last_sequence: bigint('last_sequence', { mode: 'number' }).notNull(),
})

/** Facts of the change feed; the key is the order in which readers see them. Its old end goes by `forget_old_changes` only. */
export const changes = pgTable(
  'changes',
  {
    workspace_id: workspaceId(),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    id: uuid('id').notNull(),
    type: text('type').notNull(),
    object: text('object').notNull(),
    object_id: uuid('object_id').notNull(),
    actor: text('actor').notNull(),
    origin: text('origin'),
    occurred_at: moment('occurred_at').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspace_id, t.sequence] }),
    index('changes_object_ix').on(t.workspace_id, t.object_id, t.sequence),
  ],
)
