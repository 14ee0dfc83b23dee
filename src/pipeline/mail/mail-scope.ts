/** What a template may read: the lead and its company as the API shows them, and who writes. */
import type { Statement, Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { toLead } from '../../domain/lead-wire.ts'
import type { MailSender } from './sender-book.ts'

/** Member of `data` with the lead that a test is filled with: nobody's timeline tells of a test. */
export const PREVIEW_LEAD = '$lead'

export interface ScopeFacts {
  lead: LeadFacts | undefined
  account: Record<string, unknown> | undefined
}

const leadsStatement: Statement = {
  name: 'list_leads_for_mail',
  text: 'SELECT * FROM leads WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}
const accountsStatement: Statement = {
  name: 'list_accounts_for_mail',
  text: 'SELECT id, name, website, domain, industry, city, country FROM accounts WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Leads and their companies, by id of the lead. */
export async function loadScopeFacts(tx: Tx, leadIds: string[]): Promise<Map<string, ScopeFacts>> {
  const rows = await tx.query<LeadFacts & { workspace_id: string }>(leadsStatement, [tx.workspaceId, leadIds])
  const accountIds = [...new Set(rows.flatMap(({ account_id }) => account_id ?? []))]
  const accounts =
    accountIds.length === 0
      ? []
      : await tx.query<Record<string, unknown> & { id: string }>(accountsStatement, [tx.workspaceId, accountIds])
  const accountOf = new Map(accounts.map(({ id, ...account }) => [id, account]))
  return new Map(
    rows.map(({ workspace_id: _, ...lead }) => [lead.id, { lead, account: accountOf.get(lead.account_id ?? '') }]),
  )
}

/** The variables of one mail. */
export function mailScope(parts: {
  facts: ScopeFacts | undefined
  data: Record<string, unknown>
  sender: Pick<MailSender, 'name' | 'email' | 'postal_address'>
  workspaceName: string
  leaveUrl: string | null
}): Record<string, unknown> {
  const { facts, data, sender, workspaceName, leaveUrl } = parts
  return {
    lead: facts?.lead === undefined ? (data[PREVIEW_LEAD] ?? {}) : toLead(facts.lead),
    account: facts?.account ?? {},
    data,
    sender: { name: sender.name, email: sender.email, postal_address: sender.postal_address },
    workspace: { name: workspaceName },
    unsubscribe_url: leaveUrl ?? '',
    preferences_url: leaveUrl ?? '',
  }
}
