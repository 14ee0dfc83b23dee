/** Sellers whom edits name as owners: they must be there, and nothing is given to one who left. */
import type { Statement, Tx } from '../db/client.ts'
import { decodeTypeId } from '../domain/type-id.ts'
import { ApiError } from '../errors.ts'
import { faultAt } from './read-record.ts'

/** Whether each known seller is active. */
export type Owners = ReadonlyMap<string, boolean>

const lockStatement: Statement = {
  name: 'lock_named_owners',
  text: 'SELECT id, active FROM users WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR SHARE',
}

/** The owners that are named, held as they are until the transaction ends; unknown ones are left out. */
export async function lockOwners(tx: Tx, named: readonly (string | null | undefined)[]): Promise<Owners> {
  const ids = [...new Set(named.filter((id) => typeof id === 'string'))]
  if (ids.length === 0) return new Map()
  const rows = await tx.query<{ id: string; active: boolean }>(lockStatement, [tx.workspaceId, ids])
  return new Map(rows.map(({ id, active }) => [id, active]))
}

/** Why this one cannot own anything, 422; null when nothing stands in the way. */
export function refuseOwner(owners: Owners, ownerId: string | null | undefined): ApiError | null {
  if (typeof ownerId !== 'string' || owners.get(ownerId) === true) return null
  return owners.has(ownerId) ? refusal('inactive_user', 'This user is not active and gets no leads.') : unknownOwner()
}

/** The uuid of an owner as sent; null clears. 422 for an id of something else, as for a seller who is not there. */
export function readOwnerId(id: string | null): string | null {
  const uuid = id === null ? null : decodeTypeId('user', id)
  if (uuid === undefined) throw unknownOwner()
  return uuid
}

/** 422 for a seller who is absent or belongs to another workspace. */
const unknownOwner = () => refusal('unknown_user', 'No such user.')

function refusal(code: string, detail: string): ApiError {
  return new ApiError('unprocessable', detail, { items: [faultAt('/owner_id', code, detail)] })
}
