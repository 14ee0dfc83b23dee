/** API keys: made here, shown once, stored as a hash. */
import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { type Db, type Tx, withWorkspace } from '../../db/client.ts'
import { formatKey, hashKey, type KeyKind } from '../../domain/api-key.ts'
import { insertKey, type KeyRow, revokeKeyRow } from './admin-queries.ts'

export interface NewKey {
  name: string
  kind: KeyKind
  /** Rights of a restricted key; the other kinds have theirs by kind. */
  scopes: string[]
  origin: string | null
  expiresAt: string | null
}

/** Makes a key inside a transaction; `secret` is the only copy of it. */
export async function issueKey(tx: Tx, wanted: NewKey, now: Date): Promise<{ key: KeyRow; secret: string }> {
  const secret = formatKey(wanted.kind, randomBytes(24))
  const key: KeyRow = {
    id: uuidv7(),
    name: wanted.name,
    kind: wanted.kind,
    scopes: wanted.scopes,
    origin: wanted.origin,
    prefix: secret.slice(0, 12),
    last_four: secret.slice(-4),
    version: 1,
    created_at: now.toISOString(),
    expires_at: wanted.expiresAt,
    revoked_at: null,
  }
  await insertKey(tx, key, hashKey(secret))
  return { key, secret }
}

/** Makes a key. */
export async function createKey(
  db: Db,
  workspaceId: string,
  wanted: NewKey,
  now: Date,
): Promise<{ key: KeyRow; secret: string }> {
  return await withWorkspace(db, workspaceId, (tx) => issueKey(tx, wanted, now))
}

/** Ends a key at once (within the key cache's 3 seconds on other processes); undefined when there is none. */
export async function revokeKey(db: Db, workspaceId: string, id: string, now: Date): Promise<KeyRow | undefined> {
  return await withWorkspace(db, workspaceId, (tx) => revokeKeyRow(tx, id, now.toISOString()))
}
