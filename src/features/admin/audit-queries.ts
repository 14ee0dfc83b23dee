/** Statements that read the audit log. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'
import type { ChainedEntry, ChainLink } from '../../domain/audit-chain.ts'

const COLUMNS = `workspace_id, sequence, id, occurred_at, actor, action, object, object_id, before, after,
    encode(before_hash, 'hex') AS before_hash, encode(after_hash, 'hex') AS after_hash, request_id, ip_prefix,
    encode(previous_hash, 'hex') AS previous_hash, encode(hash, 'hex') AS hash`

export interface AuditFilter {
  actor: string | null
  object: string | null
  object_id: string | null
  actions: string[] | null
  after: string | null
  before: string | null
}

const listStatement: Statement = {
  name: 'list_audit_log',
  text: `SELECT ${COLUMNS} FROM audit_log WHERE workspace_id = $1
      AND ($2::text IS NULL OR actor = $2) AND ($3::text IS NULL OR object = $3) AND ($4::text IS NULL OR object_id = $4)
      AND ($5::text[] IS NULL OR action = ANY($5))
      AND ($6::timestamptz IS NULL OR occurred_at >= $6) AND ($7::timestamptz IS NULL OR occurred_at < $7)
      AND ($8::bigint IS NULL OR sequence < $8)
    ORDER BY sequence DESC LIMIT $9`,
}

/** Entries newest first; `beyond` is the number of the last one seen. */
export async function listAuditLog(
  db: Db,
  workspaceId: string,
  filter: AuditFilter,
  beyond: number | null,
  limit: number,
): Promise<ChainedEntry[]> {
  const { actor, object, object_id, actions, after, before } = filter
  const values = [workspaceId, actor, object, object_id, actions, after, before, beyond, limit]
  return await readInWorkspace(db, workspaceId, listStatement, values)
}

const walkStatement: Statement = {
  name: 'walk_audit_log',
  text: `SELECT ${COLUMNS} FROM audit_log WHERE workspace_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
}

/** Entries after a number, oldest first. */
export async function walkAuditLog(db: Db, workspaceId: string, after: number, limit: number): Promise<ChainedEntry[]> {
  return await readInWorkspace(db, workspaceId, walkStatement, [workspaceId, after, limit])
}

const linkStatement: Statement = {
  name: 'find_audit_link',
  text: `SELECT sequence, encode(hash, 'hex') AS hash FROM audit_log WHERE workspace_id = $1 AND sequence = $2`,
}

/** Number and hash of one entry. */
export async function findAuditLink(db: Db, workspaceId: string, sequence: number): Promise<ChainLink | undefined> {
  const [row] = await readInWorkspace<ChainLink>(db, workspaceId, linkStatement, [workspaceId, sequence])
  return row
}

const endStatement: Statement = {
  name: 'find_audit_end',
  text: `SELECT last_sequence AS sequence, encode(last_hash, 'hex') AS hash FROM audit_counters WHERE workspace_id = $1`,
}

/** The end of the chain as it was written, whatever entries are there now. */
export async function findAuditEnd(db: Db, workspaceId: string): Promise<ChainLink | undefined> {
  const [row] = await readInWorkspace<ChainLink>(db, workspaceId, endStatement, [workspaceId])
  return row
}
