/** Statements that read the change feed. */
import type { ChangeRow } from '../../changes/change-event.ts'
import { type Db, readInWorkspace, runInWorkspace, type Statement } from '../../db/client.ts'

export interface FeedFilter {
  /** Exact types; null takes all. */
  types: string[] | null
  /** Leaves out the changes of one writer. */
  notFrom: string | null
}

/** Changes that one statement looks at: some 30 ms when none of them matches. */
const WINDOW = 10_000

const endsStatement: Statement = {
  name: 'find_feed_ends',
  text: `SELECT c.last_sequence AS last, (SELECT sequence FROM changes WHERE workspace_id = $1 ORDER BY sequence LIMIT 1) AS first
    FROM change_counters c WHERE c.workspace_id = $1`,
}

const lastStatement: Statement = {
  name: 'find_feed_last',
  text: 'SELECT last_sequence AS last FROM change_counters WHERE workspace_id = $1',
}

// The counter is locked by every writer until its commit, so whatever it says, all changes up to there are visible.
const listStatement: Statement = {
  name: 'list_changes',
  text: `SELECT sequence, id, type, object, object_id, actor, origin, occurred_at, data FROM changes
    WHERE workspace_id = $1 AND sequence > $2
      AND sequence <= least($2 + ${WINDOW}, (SELECT last_sequence FROM change_counters WHERE workspace_id = $1))
      AND ($3::text[] IS NULL OR type = ANY($3)) AND ($4::text IS NULL OR origin IS DISTINCT FROM $4)
    ORDER BY sequence LIMIT $5`,
}

export interface FeedPart {
  rows: ChangeRow[]
  /** The last sequence number that was looked at; everything up to it that matches is in `rows`, unless they are full. */
  seen: number
  /** The newest number of the workspace. */
  last: number
  /** The oldest number that was still there after the look; one after the newest when none was. */
  first: number
}

// Asked after the changes: what was forgotten between two statements would else be a hole that nobody sees.
const firstStatement: Statement = {
  name: 'find_feed_start',
  text: 'SELECT sequence AS first FROM changes WHERE workspace_id = $1 ORDER BY sequence LIMIT 1',
}

/** Looks at the changes after a number, at most a window of them and at most `limit` that match. */
export async function listChanges(
  db: Db,
  workspaceId: string,
  after: number,
  { types, notFrom }: FeedFilter,
  limit: number,
): Promise<FeedPart> {
  const [ends = [], rows = [], starts = []] = await runInWorkspace(db, workspaceId, [
    { statement: lastStatement, values: [workspaceId] },
    { statement: listStatement, values: [workspaceId, after, types, notFrom, limit] },
    { statement: firstStatement, values: [workspaceId] },
  ])
  const last = Number(ends[0]?.['last'] ?? 0)
  return {
    rows: rows as unknown as ChangeRow[], // the columns of the statement
    seen: Math.max(after, Math.min(after + WINDOW, last)),
    last,
    first: Number(starts[0]?.['first'] ?? last + 1),
  }
}

/** The first and the last number that the feed of a workspace still has; first is one after last when it has none. */
export async function findFeedEnds(db: Db, workspaceId: string): Promise<{ first: number; last: number }> {
  const [row] = await readInWorkspace<{ first: number | null; last: number }>(db, workspaceId, endsStatement, [
    workspaceId,
  ])
  const last = row?.last ?? 0
  return { first: row?.first ?? last + 1, last }
}
