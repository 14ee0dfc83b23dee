/** Every statement about visitors. A row lock of the visitor orders what is done under its id. */
import type { Statement, Tx } from '../../db/client.ts'

/** A visitor as events see it: under which id they are kept, and whose they are. */
export interface SeenVisitor {
  visitor_id: string
  lead_id: string | null
}

export interface VisitorRow extends SeenVisitor {
  successor_id: string | null
  first_seen_at: string
  last_seen_at: string
  identified_at: string | null
  identified_by: string | null
}

const touchStatement: Statement = {
  name: 'touch_visitors',
  text: `INSERT INTO visitors AS v (workspace_id, visitor_id, first_seen_at, last_seen_at)
    SELECT $1, s.visitor_id, s.first_seen_at, s.last_seen_at
    FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS s (visitor_id, first_seen_at, last_seen_at)
    ORDER BY s.visitor_id COLLATE "C"
    ON CONFLICT (workspace_id, visitor_id) DO UPDATE SET first_seen_at = least(v.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(v.last_seen_at, excluded.last_seen_at)
    RETURNING visitor_id, lead_id, successor_id`,
}

/** Handing over a browser happens once in a while, not in a circle; a longer chain is followed by its next event. */
const LONGEST_CHAIN = 8

/**
 * Notes that visitors were seen, and locks them: whoever is identified or unlinked meanwhile waits, so no event falls
 * between. Returns, by the id that was asked for, who continues under it.
 */
export async function touchVisitors(
  tx: Tx,
  sightings: readonly { visitor_id: string; at: number }[],
): Promise<Map<string, SeenVisitor>> {
  const found = new Map<string, SeenVisitor>()
  let asked = spansOf(sightings)
  const nextOf = new Map<string, string>()
  for (let hop = 0; asked.size > 0 && hop < LONGEST_CHAIN; hop++) {
    const spans = [...asked]
    const rows = await tx.query<SeenVisitor & { successor_id: string | null }>(touchStatement, [
      tx.workspaceId,
      spans.map(([id]) => id),
      spans.map(([, { first }]) => new Date(first).toISOString()),
      spans.map(([, { last }]) => new Date(last).toISOString()),
    ])
    const further: { visitor_id: string; at: number }[] = []
    for (const { successor_id, ...visitor } of rows) {
      found.set(visitor.visitor_id, visitor)
      const span = asked.get(visitor.visitor_id)
      if (successor_id === null || span === undefined) continue
      nextOf.set(visitor.visitor_id, successor_id)
      further.push({ visitor_id: successor_id, at: span.first }, { visitor_id: successor_id, at: span.last })
    }
    asked = spansOf(further.filter(({ visitor_id }) => !found.has(visitor_id)))
  }
  return new Map([...found].map(([id, visitor]) => [id, found.get(lastOf(id, nextOf)) ?? visitor]))
}

function lastOf(id: string, nextOf: ReadonlyMap<string, string>): string {
  let last = id
  for (let hop = 0; hop < LONGEST_CHAIN; hop++) last = nextOf.get(last) ?? last
  return last
}

function spansOf(sightings: readonly { visitor_id: string; at: number }[]) {
  const spans = new Map<string, { first: number; last: number }>()
  for (const { visitor_id, at } of sightings) {
    const span = spans.get(visitor_id)
    spans.set(visitor_id, { first: Math.min(span?.first ?? at, at), last: Math.max(span?.last ?? at, at) })
  }
  return spans
}
