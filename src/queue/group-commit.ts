/**
 * Group commit: what arrives is written at once when a slot is free, and waits for company only while all slots write.
 * No timer: an idle service answers as fast as a single insert, a busy one commits dozens at a time.
 */

export interface GroupCommitOptions<Item, Result> {
  /** Commits under way at once. */
  slots: number
  /** Items of one commit. */
  largestGroup: number
  /** Items that may wait; beyond it `refuse` makes the error, so memory is bounded. */
  longestQueue: number
  /** Items of one group have the same workspace. */
  workspaceOf(item: Item): string
  /** Commits a group; the results are in its order. */
  write(workspaceId: string, items: Item[]): Promise<Result[]>
  refuse(): Error
}

interface Waiting<Item, Result> {
  item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/** Returns a function that resolves after the commit of its item. */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const { slots, largestGroup, longestQueue, workspaceOf } = options
  let queue: Waiting<Item, Result>[] = []
  let writing = 0
  let planned = false

  /** The oldest items of one workspace: one transaction belongs to one workspace. */
  const takeGroup = () => {
    const workspaceId = queue[0] === undefined ? '' : workspaceOf(queue[0].item)
    const group: Waiting<Item, Result>[] = []
    const rest: Waiting<Item, Result>[] = []
    for (const waiting of queue) {
      const fits = group.length < largestGroup && workspaceOf(waiting.item) === workspaceId
      if (fits) group.push(waiting)
      else rest.push(waiting)
    }
    queue = rest
    return { workspaceId, group }
  }
  const writeGroup = async ({ workspaceId, group }: ReturnType<typeof takeGroup>) => {
    try {
      const results = await options.write(
        workspaceId,
        group.map(({ item }) => item),
      )
      for (const [i, { resolve }] of group.entries()) resolve(results[i] as Result) // one for each item
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
  const flush = () => {
    while (writing < slots && queue.length > 0) {
      writing++
      void writeGroup(takeGroup()).finally(() => {
        writing--
        flush()
      })
    }
  }
  return (item) =>
    new Promise((resolve, reject) => {
      if (queue.length >= longestQueue) return reject(options.refuse())
      queue.push({ item, resolve, reject })
      if (planned) return
      // After this turn of the loop: everything that the network has brought in by now goes in one group.
      planned = true
      setImmediate(() => {
        planned = false
        flush()
      })
    })
}
