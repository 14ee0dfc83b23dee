/**
 * Reads of one row by its id, gathered: a read goes out at once while few are under way, and waits for company only while
 * all slots are reading. A transaction, its round trip and the description of its columns cost more than the row, so under
 * load one statement brings many (docs/decisions/0017). Nobody sees older rows for it: the statement starts after the read was asked for.
 */
import { type Db, readInWorkspace, type Statement } from './client.ts'

/** Statements under way at once for a workspace. */
const SLOTS = 2
/** Ids of one statement. */
const LARGEST_GROUP = 64

interface Waiting<Row> {
  id: string
  resolve(row: Row | undefined): void
  reject(error: unknown): void
}

interface Line<Row> {
  waiting: Waiting<Row>[]
  reading: number
  /** A statement follows this turn of the loop. */
  planned: boolean
}

/** The reader of a statement `… WHERE workspace_id = $1 AND id = ANY($2::uuid[])` whose rows have their `id`. */
export function gatherById<Row extends { id: string }>(statement: Statement) {
  const lines = new WeakMap<Db, Map<string, Line<Row>>>()

  const readGroup = async (db: Db, workspaceId: string, group: Waiting<Row>[]) => {
    const ids = [...new Set(group.map(({ id }) => id))]
    try {
      const rows = await readInWorkspace<Row>(db, workspaceId, statement, [workspaceId, ids])
      const byId = new Map(rows.map((row) => [row.id, row]))
      for (const { id, resolve } of group) resolve(byId.get(id))
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
  const readAll = async (db: Db, workspaceId: string, line: Line<Row>) => {
    line.planned = false
    line.reading++
    while (line.waiting.length > 0) await readGroup(db, workspaceId, line.waiting.splice(0, LARGEST_GROUP))
    line.reading--
    if (line.reading === 0 && !line.planned) lines.get(db)?.delete(workspaceId)
  }

  return (db: Db, workspaceId: string, id: string): Promise<Row | undefined> =>
    new Promise((resolve, reject) => {
      // A request that is one transaction sees what it wrote itself, and shares that with nobody.
      if (db.joined !== undefined) return void readGroup(db, workspaceId, [{ id, resolve, reject }])
      const line = lineOf(lines, db, workspaceId)
      line.waiting.push({ id, resolve, reject })
      if (line.planned || line.reading >= SLOTS) return
      // After this turn of the loop: everything that the network has brought in by now goes in one statement.
      line.planned = true
      setImmediate(() => void readAll(db, workspaceId, line))
    })
}

function lineOf<Row>(lines: WeakMap<Db, Map<string, Line<Row>>>, db: Db, workspaceId: string): Line<Row> {
  const ofDb = lines.get(db) ?? new Map<string, Line<Row>>()
  lines.set(db, ofDb)
  const line = ofDb.get(workspaceId) ?? { waiting: [], reading: 0, planned: false }
  ofDb.set(workspaceId, line)
  return line
}
