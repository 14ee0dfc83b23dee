/** The statement that finds records by their ids in other systems. */
import { type Db, readInWorkspace, type Statement } from '../../db/client.ts'

export interface FoundRecord {
  object: 'lead' | 'account'
  id: string
}

const findStatement: Statement = {
  name: 'find_by_external_id',
  text: `SELECT 'lead' AS object, lead_id AS id FROM identities WHERE workspace_id = $1 AND kind = $2 AND value = $3
    UNION ALL
    SELECT 'account', account_id FROM account_identities WHERE workspace_id = $1 AND kind = $2 AND value = $3`,
}

/** The records that have this id there: at most one lead and one account. */
export async function listByExternalId(
  db: Db,
  workspaceId: string,
  system: string,
  externalId: string,
): Promise<FoundRecord[]> {
  return await readInWorkspace(db, workspaceId, findStatement, [workspaceId, `external:${system}`, externalId])
}
