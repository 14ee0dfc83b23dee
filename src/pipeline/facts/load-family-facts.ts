/** Loads what conditions ask about beyond the lead itself, for a batch of leads, and only the families that are asked. */
import type { Queryable } from '../../db/client.ts'
import type { CompiledCondition } from '../../domain/condition/compiled-condition.ts'
import { type FamilyFacts, NO_STAY } from '../../domain/condition/family-facts.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import {
  listAccounts,
  listConsentsOfLeads,
  listDefaultScores,
  listSegmentsOfLeads,
  listStays,
  listTouches,
  listVerdicts,
} from './family-queries.ts'

/** Kinds of sources that these conditions read. */
export function sourceKindsOf(conditions: Iterable<CompiledCondition>): Set<string> {
  const kinds = new Set<string>()
  for (const { groups } of conditions) for (const { field } of groups.flat()) kinds.add(field.source.kind)
  return kinds
}

/** The family facts of each lead by its id; of families that are not in `kinds` they are blank. */
export async function loadFamilyFacts(
  db: Queryable,
  workspaceId: string,
  leads: readonly Pick<LeadFacts, 'id' | 'account_id'>[],
  kinds: ReadonlySet<string>,
): Promise<Map<string, FamilyFacts>> {
  const ids = leads.map(({ id }) => id)
  const load = async <T>(wanted: boolean, list: () => Promise<T[]>) => (wanted && ids.length > 0 ? await list() : [])
  const accountIds = [...new Set(leads.flatMap(({ account_id }) => account_id ?? []))]
  const wantsAccount = kinds.has('account') || kinds.has('account_custom_field')
  const wantsVerdict = kinds.has('qualification') || kinds.has('criterion')
  // Sent together: one round trip.
  const [accounts, consents, first, last, segments, verdicts, stays, scores] = await Promise.all([
    load(wantsAccount, () => listAccounts(db, workspaceId, accountIds)),
    load(kinds.has('consent'), () => listConsentsOfLeads(db, workspaceId, ids)),
    load(kinds.has('touch_first'), () => listTouches(db, workspaceId, ids, 'first')),
    load(kinds.has('touch_last'), () => listTouches(db, workspaceId, ids, 'last')),
    load(kinds.has('segments'), () => listSegmentsOfLeads(db, workspaceId, ids)),
    load(wantsVerdict, () => listVerdicts(db, workspaceId, ids)),
    load(kinds.has('lifecycle'), () => listStays(db, workspaceId, ids)),
    load(kinds.has('score'), () => listDefaultScores(db, workspaceId, ids)),
  ])
  const accountById = new Map(accounts.map((account) => [account.id, account]))
  const consentsByLead = groupByLead(consents)
  const byLead = { first: keyed(first), last: keyed(last), segments: keyed(segments), verdicts: keyed(verdicts) }
  const stayByLead = keyed(stays)
  const scoreByLead = keyed(scores)
  return new Map(
    leads.map(({ id, account_id }) => [
      id,
      {
        account: (account_id === null ? undefined : accountById.get(account_id)) ?? null,
        consents: consentsByLead.get(id) ?? [],
        touch_first: byLead.first.get(id) ?? null,
        touch_last: byLead.last.get(id) ?? null,
        segments: byLead.segments.get(id)?.segments ?? [],
        qualification: byLead.verdicts.get(id) ?? null,
        score: scoreByLead.get(id) ?? null,
        stay: stayByLead.get(id) ?? NO_STAY,
      },
    ]),
  )
}

const keyed = <T extends { lead_id: string }>(rows: T[]) => new Map(rows.map((row) => [row.lead_id, row]))

function groupByLead<T extends { lead_id: string }>(rows: T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.lead_id)
    if (group === undefined) groups.set(row.lead_id, [row])
    else group.push(row)
  }
  return groups
}
