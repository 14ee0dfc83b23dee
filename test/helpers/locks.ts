/** Waiting for the moment at which one transaction waits for another. */
import { setTimeout } from 'node:timers/promises'
import type { TestService } from './service.ts'

const WAITING = `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
  WHERE NOT l.granted AND a.datname = current_database()) AS waiting`

/** Ends when somebody waits for a lock in the database of this test, or when it is `over` anyway. */
export async function waitForLock({ ctx }: TestService, over: () => boolean = () => false): Promise<void> {
  while (!over()) {
    const [row] = await ctx.db.query<{ waiting: boolean }>(WAITING)
    if (row?.waiting === true) return
    await setTimeout(5)
  }
}
