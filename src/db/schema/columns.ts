/** Column shapes that every table shares. */
import { timestamp, uuid } from 'drizzle-orm/pg-core'

/** The tenant; first in every primary key, unique key and foreign key (one Postgres and Citus alike). */
export const workspaceId = () => uuid('workspace_id').notNull()

/** Millisecond precision, so that what the wire shows is all there is: cursors lose nothing. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })
