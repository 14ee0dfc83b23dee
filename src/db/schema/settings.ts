/** Settings that are whole documents. Written by: features/settings. */
import { integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { CustomFieldDocument } from '../../domain/custom-field.ts'
import { moment, workspaceId } from './columns.ts'

/** One row for each kind of document. */
export const settings = pgTable(
  'settings',
  {
    workspace_id: workspaceId(),
    settings_key: text('settings_key').notNull(),
    version: integer('version').notNull(),
    document: jsonb('document').$type<CustomFieldDocument>().notNull(),
    created_at: moment('created_at').notNull(),
    updated_at: moment('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspace_id, t.settings_key] })],
)
