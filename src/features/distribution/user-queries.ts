/** Statements about sellers. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import type { Seller } from '../../domain/routing/seller.ts'

type SellerRow = Seller & { workspace_id: string }

const toSeller = ({ workspace_id: _, ...seller }: SellerRow): Seller => seller

const findStatement: Statement = { name: 'find_user', text: 'SELECT * FROM users WHERE workspace_id = $1 AND id = $2' }

/** One seller. */
export async function findUser(db: Db, workspaceId: string, id: string): Promise<Seller | undefined> {
  const [row] = await readInWorkspace<SellerRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row === undefined ? undefined : toSeller(row)
}

export interface UserFilter {
  active: boolean | null
  /** Folded e-mail address. */
  email: string | null
  external_id: { system: string; external_id: string } | null
}

const listStatement: Statement = {
  name: 'list_users',
  text: `SELECT * FROM users WHERE workspace_id = $1 AND ($2::boolean IS NULL OR active = $2)
    AND ($3::text IS NULL OR id = (SELECT user_id FROM user_identities WHERE workspace_id = $1 AND kind = 'email' AND value = $3))
    AND ($4::text IS NULL OR id = (SELECT user_id FROM user_identities WHERE workspace_id = $1 AND kind = $4 AND value = $5))
    AND ($6::timestamptz IS NULL OR (created_at, id) > ($6, $7::uuid)) ORDER BY created_at, id LIMIT $8`,
}

/** A page of sellers, the oldest first. */
export async function listUsers(
  db: Db,
  workspaceId: string,
  { active, email, external_id }: UserFilter,
  after: [string, string] | null,
  limit: number,
): Promise<Seller[]> {
  const rows = await readInWorkspace<SellerRow>(db, workspaceId, listStatement, [
    workspaceId,
    active,
    email,
    external_id === null ? null : `external:${external_id.system}`,
    external_id?.external_id ?? null,
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
  ])
  return rows.map(toSeller)
}

const lockStatement: Statement = {
  name: 'lock_user',
  text: 'SELECT * FROM users WHERE workspace_id = $1 AND id = $2 FOR UPDATE',
}

/** One seller, locked until the transaction ends. */
export async function lockUser(tx: Tx, id: string): Promise<Seller | undefined> {
  const [row] = await tx.query<SellerRow>(lockStatement, [tx.workspaceId, id])
  return row === undefined ? undefined : toSeller(row)
}

const upsertStatement: Statement = {
  name: 'save_user',
  text: `INSERT INTO users SELECT * FROM jsonb_populate_record(null::users, $1::jsonb)
    ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, email = excluded.email, external_ids = excluded.external_ids,
      skills = excluded.skills, languages = excluded.languages, territories = excluded.territories,
      capacity_open = excluded.capacity_open, capacity_day = excluded.capacity_day, capacity_week = excluded.capacity_week,
      weight = excluded.weight, time_zone = excluded.time_zone, working_hours = excluded.working_hours,
      holidays_key = excluded.holidays_key, absences = excluded.absences, active = excluded.active,
      version = excluded.version, updated_at = excluded.updated_at`,
}
const versionStatement: Statement = {
  name: 'insert_user_version',
  text: `INSERT INTO user_versions (workspace_id, user_id, version, valid_from, document) VALUES ($1, $2, $3, $4, $5)`,
}

/** Writes a seller and keeps this version for replays, which need no names. */
export async function saveUser(tx: Tx, seller: Seller): Promise<void> {
  const { name: _, email: __, external_ids: ___, ...facts } = seller
  await tx.query(upsertStatement, [JSON.stringify({ workspace_id: tx.workspaceId, ...seller })])
  const { id, version, updated_at } = seller
  await tx.query(versionStatement, [tx.workspaceId, id, version, updated_at, JSON.stringify(facts)])
}

const deleteIdentitiesStatement: Statement = {
  name: 'delete_user_identities',
  text: 'DELETE FROM user_identities WHERE workspace_id = $1 AND user_id = $2',
}
const insertIdentitiesStatement: Statement = {
  name: 'insert_user_identities',
  text: `INSERT INTO user_identities (workspace_id, kind, value, user_id)
    SELECT $1, kind, value, $2 FROM jsonb_to_recordset($3::jsonb) AS i (kind text, value text) ORDER BY kind, value
    ON CONFLICT DO NOTHING RETURNING kind, value`,
}
const findOwnersStatement: Statement = {
  name: 'find_user_identity_owners',
  text: `SELECT i.kind, i.user_id FROM user_identities i
    JOIN jsonb_to_recordset($2::jsonb) AS asked (kind text, value text) ON asked.kind = i.kind AND asked.value = i.value
    WHERE i.workspace_id = $1 AND i.user_id <> $3 LIMIT 1`,
}

export interface UserIdentity {
  kind: string
  value: string
}

/** Gives a seller these identities instead of the former ones; returns the other seller who has one of them. */
export async function replaceIdentities(tx: Tx, userId: string, identities: UserIdentity[]): Promise<string | null> {
  await tx.query(deleteIdentitiesStatement, [tx.workspaceId, userId])
  if (identities.length === 0) return null
  const json = JSON.stringify(identities)
  const inserted = await tx.query(insertIdentitiesStatement, [tx.workspaceId, userId, json])
  if (inserted.length === identities.length) return null
  const [other] = await tx.query<{ user_id: string }>(findOwnersStatement, [tx.workspaceId, json, userId])
  if (other === undefined) throw new Error('an identity was refused and belongs to nobody')
  return other.user_id
}
