/** The gate of a workspace: one row that hand-overs and opt-outs lock first, so that they have one order. */
import type { Queryable, Statement, Tx } from '../../db/client.ts'
import { DEFAULT_MAIL_SETTINGS, type MailSettings, readMailSettings } from '../../domain/mail/mail-settings.ts'

export interface MailGate {
  version: number
  settings: MailSettings
  paused_at: string | null
  warned_at: string | null
  resumed_at: string | null
  updated_at: string | null
}

const COLUMNS = 'version, settings, paused_at, warned_at, resumed_at, updated_at'

/** What a workspace has before anybody changes anything. */
const UNTOUCHED: MailGate = {
  version: 1,
  settings: DEFAULT_MAIL_SETTINGS,
  paused_at: null,
  warned_at: null,
  resumed_at: null,
  updated_at: null,
}

const readStatement: Statement = {
  name: 'read_mail_gate',
  text: `SELECT ${COLUMNS} FROM mail_gates WHERE workspace_id = $1`,
}

const complete = (row: MailGate | undefined): MailGate =>
  row === undefined ? UNTOUCHED : { ...row, settings: readMailSettings(row.settings) }

/** The gate as it is committed. */
export async function readMailGate(db: Queryable, workspaceId: string): Promise<MailGate> {
  const [row] = await db.query<MailGate>(readStatement, [workspaceId])
  return complete(row)
}

const makeStatement: Statement = {
  name: 'make_mail_gate',
  text: `INSERT INTO mail_gates (workspace_id, version, settings) VALUES ($1, 1, '{}') ON CONFLICT DO NOTHING`,
}
const lockStatement: Statement = { name: 'lock_mail_gate', text: `${readStatement.text} FOR UPDATE` }

/**
 * The gate, locked until the transaction ends. Lock order: leads, then the gate, then messages. What is read after it is
 * as committed: every opt-out before it is seen, and every later one waits for the mark.
 */
export async function lockMailGate(tx: Tx): Promise<MailGate> {
  const [row] = await tx.query<MailGate>(lockStatement, [tx.workspaceId])
  if (row !== undefined) return complete(row)
  await tx.query(makeStatement, [tx.workspaceId])
  const [made] = await tx.query<MailGate>(lockStatement, [tx.workspaceId])
  return complete(made)
}

const stateStatement: Statement = {
  name: 'write_mail_gate_state',
  text: 'UPDATE mail_gates SET paused_at = $2, warned_at = $3, resumed_at = $4 WHERE workspace_id = $1',
}

/** Writes whether marketing mail may go; the gate must be locked. */
export async function writeGateState(
  tx: Tx,
  { paused_at, warned_at, resumed_at }: Pick<MailGate, 'paused_at' | 'warned_at' | 'resumed_at'>,
): Promise<void> {
  await tx.query(stateStatement, [tx.workspaceId, paused_at, warned_at, resumed_at])
}
