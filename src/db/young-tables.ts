/**
 * Statistics for tables that grow from nothing. PostgreSQL plans by what it knows of a table, and autovacuum looks only
 * once a minute: until then the plans of an empty table stay in use, foreign keys are checked by a walk through a wrong
 * index, and the first import of a new installation slows down with every row (measured: 180 leads/s instead of 900).
 */
import type { Db } from './client.ts'

/** Below the time in which a full pipeline writes a few thousand rows. */
const LOOK_EVERY_MS = 2_000
/** Each doubling of a table makes its former statistics poor; small ones are not worth a look. */
const FEWEST_ROWS = 200
/** Larger tables change too little in a minute to need more than autovacuum. */
const GROWN_UP_ROWS = 200_000

/**
 * Rows that are looked at are 300 times this. A table that has just doubled needs its order of magnitude and its usual
 * values; autovacuum looks closer later. A look at wide rows took up to a second of a processor at the default of 100.
 */
const STATISTICS_TARGET = 30

const findYoung = `SELECT c.oid::regclass::text AS name FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
  WHERE c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(c.relowner) = current_user
    AND c.reltuples < ${GROWN_UP_ROWS} AND s.n_mod_since_analyze > greatest(${FEWEST_ROWS}, c.reltuples)`

/** Looks after the statistics of small tables, until told to stop; a failure is tried again. */
export function watchYoungTables(db: Db, onFault: (error: unknown) => void): { stop(): Promise<void> } {
  let stopped = false
  let looking = Promise.resolve()
  const look = async () => {
    for (const { name } of await db.query<{ name: string }>(findYoung)) {
      // Somebody else's look at the same table is as good.
      if (stopped) return
      // Statements of one message are one transaction.
      await db.query(`SET LOCAL default_statistics_target = ${STATISTICS_TARGET}; ANALYZE (SKIP_LOCKED) ${name}`)
    }
  }
  const timer = setInterval(() => {
    looking = looking.then(() => (stopped ? undefined : look())).catch(onFault)
  }, LOOK_EVERY_MS)
  return {
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await looking
    },
  }
}
