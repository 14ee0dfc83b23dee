/** Mail that waits goes where its lead is reached when it leaves: a corrected address counts for what is not written yet. */
import type { Statement, Tx } from '../../db/client.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import type { ChangedLead } from '../desk-queries.ts'

// A confirmation is about the address that it was asked for, and what is rendered has an address for good.
const readdressStatement: Statement = {
  name: 'readdress_messages',
  text: `UPDATE messages AS m SET to_email = r.to_email, to_name = r.to_name, address_key = r.address_key, updated_at = $3
    FROM jsonb_to_recordset($2::jsonb) AS r (lead_id uuid, to_email text, to_name text, address_key text)
    WHERE m.workspace_id = $1 AND m.lead_id = r.lead_id AND m.state = 'planned' AND m.content_hash IS NULL
      AND (m.kind = 'marketing' OR m.enrollment_id IS NOT NULL)`,
}

/** Readdresses what waits for leads whose e-mail has changed; the leads are locked. */
export async function followAddresses(tx: Tx, changed: readonly ChangedLead[], now: Date): Promise<void> {
  const moved = changed.filter(({ lead, stored }) => lead.email !== stored.email)
  if (moved.length === 0) return
  const rows = moved.map(({ lead: { id, email, full_name } }) => {
    const address = email === null ? null : normalizeEmail(email)
    const [to_email, address_key] = address?.ok === true ? [address.value, address.match_key] : [email, null]
    return { lead_id: id, to_email, to_name: full_name, address_key }
  })
  await tx.query(readdressStatement, [tx.workspaceId, JSON.stringify(rows), now.toISOString()])
}
