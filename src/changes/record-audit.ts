/**
 * Recording who changed what, in the transaction of the change: both are there or neither. The last statements before
 * the commit put the entries into the workspace's chain, one writer at a time.
 */
import type { Statement, Tx } from '../db/client.ts'
import { type AuditEntry, CHAIN_START, type ChainLink, chainEntries } from '../domain/audit-chain.ts'
import { AUDIT_ACTIONS, type AuditAction, describeDifference } from '../domain/audit-entry.ts'
import { newId } from '../domain/new-id.ts'

/** Who acts and how it came in; every `Caller` is one. */
export interface AuditSource {
  readonly actor: string
  readonly via?: { readonly requestId: string; readonly network: string } | undefined
}

/** One deed. `before` null means the object is new, `after` null that it is gone; secrets in them are masked by name. */
export interface AuditRecord {
  action: AuditAction
  /** As on the wire: an id with its prefix, or a key that the client chose. */
  object_id: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  occurred_at: string
}

type Pending = Omit<AuditEntry, 'sequence'>

const pendingOf = new WeakMap<Tx, Pending[]>()

/** Adds an entry to the workspace's audit log when the transaction commits. */
export function recordAudit(tx: Tx, by: AuditSource, record: AuditRecord): void {
  const entry: Pending = {
    workspace_id: tx.workspaceId,
    id: newId(),
    occurred_at: record.occurred_at,
    actor: by.actor,
    action: record.action,
    object: AUDIT_ACTIONS[record.action],
    object_id: record.object_id,
    ...describeDifference(record.before, record.after),
    request_id: by.via?.requestId ?? null,
    ip_prefix: by.via?.network ?? null,
  }
  const pending = pendingOf.get(tx)
  if (pending !== undefined) {
    pending.push(entry)
    return
  }
  const all = [entry]
  pendingOf.set(tx, all)
  tx.beforeCommit({ run: () => writeEntries(tx, all) })
}

// The change feed's counter first, whether or not this transaction has changes: with one order of the two locks,
// writers queue up and never wait for each other in a circle.
const lockFeed: Statement = {
  name: 'lock_change_counter',
  text: 'SELECT last_sequence FROM change_counters WHERE workspace_id = $1 FOR UPDATE',
}
const lockChain: Statement = {
  name: 'lock_audit_chain',
  text: `INSERT INTO audit_counters (workspace_id, last_sequence, last_hash) VALUES ($1, $2, decode($3, 'hex'))
    ON CONFLICT (workspace_id) DO UPDATE SET last_sequence = audit_counters.last_sequence
    RETURNING last_sequence AS sequence, encode(last_hash, 'hex') AS hash`,
}
const insertEntries: Statement = {
  name: 'insert_audit_entries',
  text: 'INSERT INTO audit_log SELECT * FROM jsonb_populate_recordset(null::audit_log, $1::jsonb)',
}
const moveEnd: Statement = {
  name: 'move_audit_end',
  text: `UPDATE audit_counters SET last_sequence = $2, last_hash = decode($3, 'hex') WHERE workspace_id = $1`,
}

async function writeEntries(tx: Tx, entries: Pending[]): Promise<void> {
  await tx.query(lockFeed, [tx.workspaceId])
  const [before] = await tx.query<ChainLink>(lockChain, [tx.workspaceId, CHAIN_START.sequence, CHAIN_START.hash])
  if (before === undefined) throw new Error('the audit chain has no end')
  const { chained, end } = chainEntries(before, entries)
  const rows = chained.map((entry) => ({
    ...entry,
    before_hash: toBytea(entry.before_hash),
    after_hash: toBytea(entry.after_hash),
    previous_hash: toBytea(entry.previous_hash),
    hash: toBytea(entry.hash),
  }))
  await tx.query(insertEntries, [JSON.stringify(rows)])
  await tx.query(moveEnd, [tx.workspaceId, end.sequence, end.hash])
}

/** PostgreSQL's text of a bytea. */
const toBytea = (hex: string | null) => (hex === null ? null : `\\x${hex}`)
