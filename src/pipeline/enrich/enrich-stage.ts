/**
 * First stage of the judge: joins a lead to the company of its domain, catches up with what its own fields tell, and asks
 * for a run through the providers when there is something to find and nobody was asked with the same before.
 */
import type { Tx } from '../../db/client.ts'
import { compileStored, onceFor } from '../../domain/condition/compile-once.ts'
import { matchesCondition } from '../../domain/condition/evaluate-condition.ts'
import { nextTimeChange } from '../../domain/condition/next-change.ts'
import { deriveFields } from '../../domain/enrichment/built-in.ts'
import { missingOf } from '../../domain/enrichment/providers/choose-values.ts'
import {
  ENRICHMENT_KEY,
  type EnrichmentPolicy,
  FIRST_POLICY,
  wantedOf,
} from '../../domain/enrichment/providers/enrichment-policy.ts'
import { inputOf, referencesOf } from '../../domain/enrichment/providers/request-template.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { newId } from '../../domain/new-id.ts'
import { SHARED_SITES } from '../../domain/normalize/shared-sites.ts'
import { nameVersion } from '../../domain/policy.ts'
import { onDesk } from '../desk.ts'
import { changeLead, type JudgeDesk, type JudgedLead, keepReceipt, tellChange, wakeAt } from '../judge/judge-desk.ts'
import type { Stage } from '../judge/stage.ts'
import { accountsOfDomains } from './account-of-lead.ts'
import { inputHashOf } from './input-hash.ts'
import { listLastHashes, type PlannedRun, planRuns } from './run-queries.ts'

/** Field name under which the sources of a lead remember which domain joined it to a company. */
const ACCOUNT_SOURCE = 'account_id'

export const enrichStage: Stage = {
  name: 'enrich',
  follows: ['enrichment'],
  load: async (tx, desk) => {
    const published = desk.policies.of<EnrichmentPolicy>('enrichment')[0]
    const policy = published?.definition ?? FIRST_POLICY
    const version = published?.version ?? 0
    const accounts = await loadAccounts(tx, desk, policy)
    const asks = policy.automatic && policy.providers.some(({ enabled }) => enabled)
    const hashes = asks ? await listLastHashes(tx, [...desk.leads.keys()]) : new Map<string, string>()
    const planned: PlannedRun[] = []
    return {
      decide: (judged) => {
        catchUp(desk, judged)
        joinAccount(desk, judged, accounts, version)
        if (!asks || !isWanted(desk, judged, policy)) return
        const input_hash = inputHashOf(policy, version, judged.lead)
        if (hashes.get(judged.id) === input_hash) return
        const due_at = desk.now.toISOString()
        planned.push({
          id: newId(),
          lead_id: judged.id,
          cause: 'changed',
          actor: 'system',
          fresh: false,
          input_hash,
          due_at,
        })
      },
      write: (tx) => planRuns(tx, planned, desk.now),
    }
  },
}

async function loadAccounts(tx: Tx, { leads, now, desk }: JudgeDesk, policy: EnrichmentPolicy) {
  if (policy.accounts === 'off') return new Map<string, string>()
  const domains = [...leads.values()].flatMap(({ id, lead }) => {
    const domain = domainToJoin(lead)
    return domain === null || wasJoinedBy(onDesk(desk, id).sources[ACCOUNT_SOURCE]?.source, domain) ? [] : [domain]
  })
  return await accountsOfDomains(tx, domains, policy.accounts === 'create', now)
}

/** A page on a shared site, or a lead that is hidden, says nothing about a company. */
const domainToJoin = ({ account_id, domain, archived }: LeadFacts) =>
  account_id !== null || archived || domain === null || SHARED_SITES.has(domain) ? null : domain

/** Who was joined by this domain and is not any more was taken out by somebody. */
const wasJoinedBy = (source: string | undefined, domain: string) => source === `builtin:domain ${domain}`

function joinAccount(
  desk: JudgeDesk,
  judged: JudgedLead,
  accounts: ReadonlyMap<string, string>,
  version: number,
): void {
  const domain = domainToJoin(judged.lead)
  const account_id = domain === null ? undefined : accounts.get(domain)
  if (account_id === undefined) return
  const source = {
    by: 'machine',
    source: `builtin:domain ${domain}`,
    at: desk.now.toISOString(),
    confidence: 0.9,
  } as const
  if (desk.desk.leads.get(judged.id)?.sources[ACCOUNT_SOURCE]?.source === source.source) return
  const previous = changeLead(desk, judged, { account_id }, source)
  if (previous === null) return
  keepReceipt(desk, judged, {
    kind: 'enrich',
    policy: version === 0 ? 'enrichment@first' : nameVersion('enrichment', { key: ENRICHMENT_KEY, version }),
    inputs: { domain },
    outcome: { account_id },
  })
  tellChange(desk, judged, 'lead.enriched', previous)
}

/** Leads from before a field was derived get it at their next judgement. */
function catchUp(desk: JudgeDesk, judged: JudgedLead): void {
  const { lead } = judged
  const isBehind =
    (lead.email !== null && lead.email_class === null) ||
    (lead.phone !== null && lead.phone_type === null) ||
    (lead.country !== null && lead.world_region === null && lead.currency === null)
  if (isBehind) changeLead(desk, judged, deriveFields({ ...lead, email: null, phone: null, country: null }, lead))
}

function isWanted(desk: JudgeDesk, judged: JudgedLead, policy: EnrichmentPolicy): boolean {
  const { lead, facts } = judged
  if (lead.archived) return false
  const { sources } = onDesk(desk.desk, judged.id)
  if (
    missingOf(wantedOf(policy), lead, lead.account_id === null ? null : {}, sources, desk.now.toISOString()).length ===
    0
  )
    return false
  if (!canAsk(policy, lead)) return false
  const condition = onceFor(desk.catalogue, policy, (catalogue, { filter }) => compileStored(catalogue, filter))
  if (condition === null) return false
  if (matchesCondition(condition, facts, desk.now)) return true
  wakeAt(judged, nextTimeChange(condition, facts, desk.now))
  return false
}

/** Whether any provider has all that it is asked with. */
function canAsk({ providers }: EnrichmentPolicy, lead: LeadFacts): boolean {
  return providers.some(({ enabled, request }) => {
    if (!enabled) return false
    if (request === null) return lead.domain !== null
    return referencesOf(request).every(({ kind, name }) => kind !== 'lead' || inputOf(lead, name) !== null)
  })
}
