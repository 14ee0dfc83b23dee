/** Puts what comes in one after another into few transactions: while one commits, the next ones gather. */

/** `run` gets up to `most` items and answers each, in their order. */
export function groupCommit<Item, Answer>(
  run: (items: Item[]) => Promise<Answer[]>,
  most: number,
): (item: Item) => Promise<Answer> {
  let gathered: { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = []
  let isRunning = false
  const work = async () => {
    isRunning = true
    while (gathered.length > 0) {
      const batch = gathered.slice(0, most)
      gathered = gathered.slice(most)
      try {
        const answers = await run(batch.map(({ item }) => item))
        for (const [i, { resolve }] of batch.entries()) resolve(answers[i] as Answer)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isRunning = false
  }
  return (item) =>
    new Promise((resolve, reject) => {
      gathered.push({ item, resolve, reject })
      // In the next turn: whatever came in this one goes along.
      if (!isRunning) setImmediate(() => void (isRunning || work()))
    })
}
