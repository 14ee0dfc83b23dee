/**
 * Group commit of raw submissions: a row is written at once when a slot is free and waits for company only while all
 * slots are writing. No timer: an idle service answers as fast as a single insert, a busy one commits dozens at a time
 * (performance.md 2 and 5b: 3.5x the rate of one insert per request).
 */
import type { Ctx } from '../../ctx.ts'
import { sqlStateOf } from '../../db/client.ts'
import { ApiError } from '../../errors.ts'
import { commitSubmissions, type SubmissionRow } from './submission-queries.ts'

/** Commits under way at once: the next group is on its way while the disk works on this one; more made smaller groups. */
const SLOTS = 2
/** Rows of one commit. */
const LARGEST_GROUP = 128
/** Rows that may wait: about two seconds of work; beyond it new ones are told to come back, so memory is bounded. */
const LONGEST_QUEUE = 8_000

interface Waiting {
  row: SubmissionRow
  resolve(isNew: boolean): void
  reject(error: unknown): void
}

/** Returns a function that resolves after the row's commit: true when it is new, false when it repeats another. */
export function createSubmissionWriter(ctx: Ctx): (row: SubmissionRow) => Promise<boolean> {
  const queue: Waiting[] = []
  let writing = 0
  let planned = false

  const flush = () => {
    while (writing < SLOTS && queue.length > 0) {
      writing++
      void writeGroup(ctx, takeGroup(queue)).finally(() => {
        writing--
        flush()
      })
    }
  }
  return (row) =>
    new Promise((resolve, reject) => {
      if (queue.length >= LONGEST_QUEUE) {
        reject(
          new ApiError('unavailable', 'Too many submissions at once; send this one again.', {
            headers: { 'retry-after': '2' },
          }),
        )
        return
      }
      queue.push({ row, resolve, reject })
      if (planned) return
      // After this turn of the loop: everything that the network has brought in by now goes in one group.
      planned = true
      setImmediate(() => {
        planned = false
        flush()
      })
    })
}

/** The oldest rows of one workspace: one transaction belongs to one workspace. */
function takeGroup(queue: Waiting[]): Waiting[] {
  const workspaceId = queue[0]?.row.workspace_id
  const group: Waiting[] = []
  const rest: Waiting[] = []
  for (const waiting of queue) {
    if (group.length < LARGEST_GROUP && waiting.row.workspace_id === workspaceId) group.push(waiting)
    else rest.push(waiting)
  }
  queue.splice(0, queue.length, ...rest)
  return group
}

async function writeGroup(ctx: Ctx, group: Waiting[]): Promise<void> {
  const workspaceId = group[0]?.row.workspace_id ?? ''
  try {
    const fresh = await commitSubmissions(
      ctx.db,
      workspaceId,
      group.map(({ row }) => row),
    )
    for (const { row, resolve } of group) resolve(fresh.has(row.id))
    ctx.hints.give('submissions', workspaceId)
  } catch (error) {
    if (group.length > 1 && isDataFault(error)) {
      // One row that the database refuses must not take its neighbours along.
      for (const waiting of group) await writeGroup(ctx, [waiting])
      return
    }
    for (const { reject } of group) reject(error)
  }
}

const isDataFault = (error: unknown) => /^(22|23|54)/.test(sqlStateOf(error) ?? '')
