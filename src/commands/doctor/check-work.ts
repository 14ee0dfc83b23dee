/** The background: is the job queue there, and is anything left undone. */
import { type Db, type Statement, sweep } from '../../db/client.ts'
import { type Finding, ok, warn } from './finding.ts'

/** Whether the queue's own tables are there; the queue makes them itself at its first start. */
export async function checkQueue(jobsDb: Db): Promise<Finding[]> {
  const [row] = await jobsDb.query<{ name: string | null }>("SELECT to_regclass('pgboss.version') AS name")
  if (row?.name == null) {
    return [warn('job queue', 'its tables are not there yet', 'Start `leadwell serve` or `leadwell work` once.')]
  }
  const [known] = await jobsDb.query<{ version: number }>('SELECT version FROM pgboss.version')
  return [ok('job queue', `pg-boss schema ${known?.version ?? 'of unknown version'}`)]
}

/** After this time accepted work counts as stuck (P3). */
const STUCK = "interval '15 minutes'"

const overdue: Statement = {
  name: 'doctor_overdue_submissions',
  text: `SELECT count(*) AS count, extract(epoch FROM now() - min(due_at))::int AS seconds FROM form_submissions
    WHERE state = 'received' AND due_at < now() - ${STUCK}`,
}

/** Accepted submissions that nobody has judged. */
export async function checkDueWork(db: Db): Promise<Finding[]> {
  const [row] = await sweep<{ count: number; seconds: number | null }>(db, overdue, [])
  const { count = 0, seconds } = row ?? {}
  if (count === 0) return [ok('due work', 'nothing waits for longer than 15 minutes')]
  const says = `${count} submissions wait, the oldest for ${Math.round((seconds ?? 0) / 60)} min`
  return [warn('due work', says, 'Is a worker running? Start `leadwell work`, and look for errors in its log.')]
}
