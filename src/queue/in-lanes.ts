/** Batches of due work in two lanes: while one waits for the database and its disk, the other decides. */

/**
 * Runs `lane` until nothing is due, and a second one beside it once the first has taken a full batch: there is a crowd
 * then. A lane gets `onFull`, to be called after a full batch. Returns what both have done; when one fails, the other
 * is waited for before its fault is thrown.
 */
export async function inLanes(lane: (onFull: () => void) => Promise<number>): Promise<number> {
  let second: Promise<number> | undefined
  const first = lane(() => {
    second ??= lane(() => undefined)
    second.catch(() => undefined) // thrown below
  })
  await first.catch(() => undefined)
  const done = await Promise.all([first, second ?? 0])
  return done[0] + done[1]
}
