/** Leads as answers show them: the wire form, with the company or the seller in full where asked for. */
import type { Ctx } from '../../ctx.ts'
import { toAccount } from '../../domain/account-wire.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { type ShownLeadOnWire, toShownLead } from '../../domain/lead-wire.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { type ShownLead, withScores } from '../../pipeline/shown-leads.ts'
import { listAccountsOf, listOwnersOf } from './lead-queries.ts'
import type { EXPANSIONS } from './lead-schemas.ts'

export type Expansion = (typeof EXPANSIONS)[number]

/** The answer for leads of one workspace, in their order. */
export async function toLeadAnswers(
  ctx: Ctx,
  workspaceId: string,
  leads: ShownLead[],
  expand: readonly Expansion[] = [],
): Promise<ShownLeadOnWire[]> {
  const idsOf = (wanted: Expansion, name: 'account_id' | 'owner_id') =>
    expand.includes(wanted) ? [...new Set(leads.map((lead) => lead[name]).filter((id) => id !== null))] : []
  const [accounts, owners] = await Promise.all([
    listAccountsOf(ctx.db, workspaceId, idsOf('account', 'account_id')),
    listOwnersOf(ctx.db, workspaceId, idsOf('owner', 'owner_id')),
  ])
  const accountById = new Map(accounts.map((account) => [account.id, toAccount(account)]))
  const ownerById = new Map(owners.map((owner) => [owner.id, { ...owner, id: encodeTypeId('user', owner.id) }]))
  return leads.map((lead) =>
    toShownLead(lead, accountById.get(lead.account_id ?? ''), ownerById.get(lead.owner_id ?? '')),
  )
}

/** The answer for one lead without expansions, as every write gives it. */
export async function toLeadAnswer(ctx: Ctx, workspaceId: string, lead: LeadFacts): Promise<ShownLeadOnWire> {
  const [answer] = await toLeadAnswers(ctx, workspaceId, await withScores(ctx.db, workspaceId, [lead]))
  if (answer === undefined) throw new Error('one lead has one answer')
  return answer
}
