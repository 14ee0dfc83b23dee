/** Statements of consents that wait for their confirmation. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../../db/client.ts'
import { encodeTypeId } from '../../domain/type-id.ts'

export interface ConfirmationRow {
  id: string
  lead_id: string
  email: string
  purpose: string
  wording: string
  locale: string
  message_id: string
  actor: string
  requested_at: string
  expires_at: string
  confirmed_at: string | null
}

const COLUMNS =
  'id, lead_id, email, purpose, wording, locale, message_id, actor, requested_at, expires_at, confirmed_at'

const insertStatement: Statement = {
  name: 'insert_confirmation',
  text: 'INSERT INTO confirmations SELECT * FROM jsonb_populate_recordset(null::confirmations, $1::jsonb)',
}

/** Adds one that waits. */
export async function insertConfirmation(tx: Tx, row: ConfirmationRow): Promise<void> {
  await tx.query(insertStatement, [JSON.stringify([{ workspace_id: tx.workspaceId, ...row }])])
}

const findStatement: Statement = {
  name: 'find_confirmation',
  text: `SELECT ${COLUMNS} FROM confirmations WHERE workspace_id = $1 AND id = $2`,
}

/** One of them. */
export async function findConfirmation(db: Db, workspaceId: string, id: string): Promise<ConfirmationRow | undefined> {
  const [row] = await readInWorkspace<ConfirmationRow>(db, workspaceId, findStatement, [workspaceId, id])
  return row
}

const confirmStatement: Statement = {
  name: 'confirm_confirmation',
  text: 'UPDATE confirmations SET confirmed_at = $3 WHERE workspace_id = $1 AND id = $2 AND confirmed_at IS NULL RETURNING id',
}

/** Marks it as confirmed; false when it was before. */
export async function markConfirmed(tx: Tx, id: string, at: string): Promise<boolean> {
  return (await tx.query(confirmStatement, [tx.workspaceId, id, at])).length === 1
}

/** The wire form. */
export function toConfirmation(row: ConfirmationRow, now: Date) {
  const state =
    row.confirmed_at !== null
      ? ('confirmed' as const)
      : row.expires_at <= now.toISOString()
        ? ('expired' as const)
        : ('pending' as const)
  const { purpose, wording, locale, requested_at, expires_at, confirmed_at } = row
  return {
    id: encodeTypeId('confirmation', row.id),
    lead_id: encodeTypeId('lead', row.lead_id),
    ...{ purpose, wording, locale, state },
    message_id: encodeTypeId('message', row.message_id),
    ...{ requested_at, expires_at, confirmed_at },
  }
}
