/** The first start: a workspace, two keys and a demo form, each made once however often it is interrupted. */
import { randomBytes } from 'node:crypto'
import { type Db, withWorkspace } from '../../db/client.ts'
import { newId } from '../../domain/new-id.ts'
import { findInstallation, type Installation, insertInstallation, insertWorkspace } from './admin-queries.ts'
import { listKeys } from './key-queries.ts'
import { createKey } from './key-service.ts'

export interface FirstKeys {
  secret: string
  publishable: string
}

/** Makes the installation if there is none; `keys` are the new keys, null when there were some. */
export async function ensureInstallation(
  db: Db,
  now: Date,
): Promise<{ installation: Installation; keys: FirstKeys | null }> {
  const installation = (await findInstallation(db)) ?? (await install(db, now))
  const workspaceId = installation.default_workspace_id
  await withWorkspace(db, workspaceId, (tx) => insertWorkspace(tx, 'My workspace', now.toISOString()))
  const known = await listKeys(db, workspaceId, null, null, 1)
  return { installation, keys: known.length > 0 ? null : await makeFirstKeys(db, workspaceId, now) }
}

async function install(db: Db, now: Date): Promise<Installation> {
  await insertInstallation(db, { secret: randomBytes(32), default_workspace_id: newId() }, now.toISOString())
  const installation = await findInstallation(db)
  if (installation === undefined) throw new Error('the installation row is missing')
  return installation
}

async function makeFirstKeys(db: Db, workspaceId: string, now: Date): Promise<FirstKeys> {
  const wanted = { scopes: [], origin: null, expiresAt: null }
  const publishable = await createKey(
    db,
    workspaceId,
    { ...wanted, name: 'First publishable key', kind: 'publishable' },
    now,
  )
  const secret = await createKey(db, workspaceId, { ...wanted, name: 'First secret key', kind: 'secret' }, now)
  return { secret: secret.secret, publishable: publishable.secret }
}
