/** Leads as answers show them: the wire form, with the company or the seller in full where asked for. */
import type { Ctx } from '../../ctx.ts'
import { type AccountOnWire, toAccount } from '../../domain/account-wire.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { type LeadOnWire, toLead } from '../../domain/lead-wire.ts'
import { listAccountsOf } from './lead-queries.ts'
import type { EXPANSIONS } from './lead-schemas.ts'

export type Expansion = (typeof EXPANSIONS)[number]

/** A lead with its expansions; nobody owns leads yet, so the owner is null. */
export type LeadAnswer = LeadOnWire & { account: AccountOnWire | null; owner: null }

/** The answer for leads of one workspace, in their order. */
export async function toLeadAnswers(
  ctx: Ctx,
  workspaceId: string,
  leads: LeadFacts[],
  expand: readonly Expansion[] = [],
): Promise<LeadAnswer[]> {
  const wanted = expand.includes('account') ? leads.map((lead) => lead.account_id).filter((id) => id !== null) : []
  const accounts = await listAccountsOf(ctx.db, workspaceId, [...new Set(wanted)])
  const byId = new Map(accounts.map((account) => [account.id, toAccount(account)]))
  return leads.map((lead) => toLeadAnswer(lead, lead.account_id === null ? undefined : byId.get(lead.account_id)))
}

/** The answer for one lead without expansions, as every write gives it. */
export function toLeadAnswer(lead: LeadFacts, account: AccountOnWire | null = null): LeadAnswer {
  return { ...toLead(lead), account, owner: null }
}
