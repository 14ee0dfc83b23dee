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
  text: `INSERT INTO visitors AS v (workspace_id, visitor_id, first_seen_at, last_seen_at, visits_from, visits_to)
    SELECT $1, s.visitor_id, s.first_seen_at, s.last_seen_at, s.first_seen_at, s.last_seen_at
    FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS s (visitor_id, first_seen_at, last_seen_at)
    ORDER BY s.visitor_id COLLATE "C"
    ON CONFLICT (workspace_id, visitor_id) DO UPDATE SET first_seen_at = least(v.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(v.last_seen_at, excluded.last_seen_at),
      visits_from = least(v.visits_from, excluded.visits_from), visits_to = greatest(v.visits_to, excluded.visits_to)
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

const VISITOR_COLUMNS = 'visitor_id, lead_id, successor_id, first_seen_at, last_seen_at, identified_at, identified_by'

const lockStatement: Statement = {
  name: 'lock_visitor',
  text: `SELECT ${VISITOR_COLUMNS} FROM visitors WHERE workspace_id = $1 AND visitor_id = $2 FOR UPDATE`,
}

/** A visitor, locked until the transaction ends. */
export async function lockVisitor(tx: Tx, visitorId: string): Promise<VisitorRow | undefined> {
  const [row] = await tx.query<VisitorRow>(lockStatement, [tx.workspaceId, visitorId])
  return row
}

/** Who was recognized in which browser, and by what: `form:<key>`, `token`, or the key of an API call. */
export interface Recognition {
  visitor_id: string
  lead_id: string
  by: string
}

const identifyStatement: Statement = {
  name: 'identify_visitors',
  text: `INSERT INTO visitors AS v (workspace_id, visitor_id, lead_id, first_seen_at, last_seen_at, identified_at, identified_by)
    SELECT $1, r.visitor_id, r.lead_id, $5, $5, $5, r.by
    FROM unnest($2::text[], $3::uuid[], $4::text[]) AS r (visitor_id, lead_id, by) ORDER BY r.visitor_id COLLATE "C"
    ON CONFLICT (workspace_id, visitor_id) DO UPDATE SET lead_id = excluded.lead_id,
      identified_at = excluded.identified_at, identified_by = excluded.identified_by`,
}

/** Gives visitors to leads; new ones are made. */
export async function identifyVisitors(tx: Tx, recognized: readonly Recognition[], at: Date): Promise<void> {
  if (recognized.length === 0) return
  await tx.query(identifyStatement, [
    tx.workspaceId,
    recognized.map(({ visitor_id }) => visitor_id),
    recognized.map(({ lead_id }) => lead_id),
    recognized.map(({ by }) => by),
    at.toISOString(),
  ])
}

const forgetStatement: Statement = {
  name: 'make_visitor_anonymous',
  text: `UPDATE visitors SET lead_id = NULL, identified_at = NULL, identified_by = NULL, visits_from = first_seen_at,
      visits_to = last_seen_at WHERE workspace_id = $1 AND visitor_id = $2`,
}

/** Makes a visitor anonymous again; its visits wait for whoever it turns out to be. */
export async function makeAnonymous(tx: Tx, visitorId: string): Promise<void> {
  await tx.query(forgetStatement, [tx.workspaceId, visitorId])
}

const succeedStatement: Statement = {
  name: 'succeed_visitors',
  text: `UPDATE visitors AS v SET successor_id = s.successor_id FROM unnest($2::text[], $3::text[]) AS s (visitor_id, successor_id)
    WHERE v.workspace_id = $1 AND v.visitor_id = s.visitor_id`,
}

/** From now on events that come under these ids are those of another visitor. */
export async function setSuccessors(tx: Tx, successors: ReadonlyMap<string, string>): Promise<void> {
  if (successors.size === 0) return
  await tx.query(succeedStatement, [tx.workspaceId, [...successors.keys()], [...successors.values()]])
}
