// A consumer of the change feed that remembers what it saw, across every fault of what it reads from.
import type { Witness } from './oracle.ts'

interface Change {
  id: string
  sequence: number
}

export interface FeedReader {
  /** Waits until it has read to the end of the feed. */
  caughtUp(): Promise<void>
  /** Reads to the end of the feed, then compares what was seen with a second walk from the start. */
  stop(): Promise<FeedReport>
}

export interface FeedReport {
  /** Changes seen. */
  seen: number
  /** Sequence numbers that did not follow the one before by exactly one. */
  gaps: number[]
  /** Sequence numbers seen at first, but gone or replaced by another change in the second walk. */
  vanished: number[]
}

const RETRY_PAUSE_MS = 200

/** Follows the feed from its start; failed reads are repeated. */
export function followFeed(witness: Pick<Witness, 'url' | 'key'>): FeedReader {
  const seen: Change[] = []
  let stopping = false
  let atEnd: (() => void)[] = []
  const walk = async () => {
    for (let cursor = 'earliest'; ; ) {
      const wasStopping = stopping
      const page = await readChanges(witness, cursor).catch(() => undefined)
      if (page === undefined) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS))
        continue
      }
      seen.push(...page.data)
      cursor = page.next_cursor
      if (page.data.length > 0) continue
      for (const tell of atEnd) tell()
      atEnd = []
      if (wasStopping) return
    }
  }
  const walked = walk()
  return {
    caughtUp: () => new Promise((resolve) => atEnd.push(resolve)),
    stop: async () => {
      stopping = true
      await walked
      const gaps = seen.filter(({ sequence }, i) => sequence !== (seen[i - 1]?.sequence ?? 0) + 1)
      const now = new Map((await readFeed(witness)).map((change) => [change.sequence, change.id]))
      const vanished = seen.filter(({ id, sequence }) => now.get(sequence) !== id)
      return { seen: seen.length, gaps: gaps.map(sequenceOf), vanished: vanished.map(sequenceOf) }
    },
  }
}

const sequenceOf = (change: Change) => change.sequence

async function readFeed(witness: Pick<Witness, 'url' | 'key'>): Promise<Change[]> {
  const all: Change[] = []
  for (let cursor = 'earliest'; ; ) {
    const page = await readChanges(witness, cursor)
    if (page.data.length === 0) return all
    all.push(...page.data)
    cursor = page.next_cursor
  }
}

async function readChanges({ url, key }: Pick<Witness, 'url' | 'key'>, cursor: string) {
  const response = await fetch(`${url}/v1/changes?cursor=${cursor}&limit=1000&wait_seconds=1`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(10_000),
  })
  if (response.status !== 200) throw new Error(`the feed answered ${response.status}`)
  return (await response.json()) as { data: Change[]; next_cursor: string }
}
