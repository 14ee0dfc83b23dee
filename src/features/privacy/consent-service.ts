/** Consent through the API: entries that other systems and people bring, and the decision that all of them ask for. */
import type { Caller, Ctx } from '../../ctx.ts'
import {
  type ConsentAction,
  type ConsentQuestion,
  type ConsentVerdict,
  decideConsent,
  EVERY_PURPOSE,
} from '../../domain/consent.ts'
import { wordingHash } from '../../domain/consent-wording.ts'
import { newId } from '../../domain/new-id.ts'
import { notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import type { ConsentRow } from '../../pipeline/consent-queries.ts'
import { lockLeads } from '../../pipeline/desk-queries.ts'
import { changeConsents } from '../../pipeline/record-consents.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { hasLead, listAllConsents } from './consent-queries.ts'

/** How people tell what they agree to. */
export const CONSENT_METHODS = [
  'form_checkbox',
  'api',
  'double_opt_in',
  'unsubscribe_link',
  'preference_page',
  'verbal',
  'written',
  'import',
] as const

/** What an API user may say of an entry, as the schema lets it through. */
export interface ConsentInput {
  purpose: string
  channel: string
  action: ConsentAction
  method?: string
  occurred_at?: string
  expires_at?: string | null
  wording?: string | null
  wording_hash?: string | null
  wording_version?: string | null
  locale?: string | null
  evidence?: Record<string, string>
}

/** A clock of another system may be a little ahead of ours. */
const CLOCK_SKEW_MS = 60_000

/** Adds an entry to the ledger of a lead. */
export async function recordConsent(
  ctx: Ctx,
  caller: Caller,
  leadId: string,
  input: ConsentInput,
): Promise<ConsentRow> {
  const now = ctx.now()
  const faults = faultsOf(input, now)
  if (faults.length > 0) throw validationFailed(faults)
  const row = rowOf(caller, leadId, input, now)
  await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const [known] = await lockLeads(tx, [leadId])
    if (known === undefined) throw notFound('lead')
    await changeConsents(tx, [{ lead: known.lead, actor: caller.actor, origin: caller.origin, rows: [row] }], now)
  })
  return row
}

function faultsOf(input: ConsentInput, now: Date): ProblemItem[] {
  const faults: ProblemItem[] = []
  const add = (name: string, code: string, detail: string) =>
    faults.push({ code, detail, pointer: `/${name}`, parameter: null })
  const { action, purpose, wording, wording_hash, occurred_at, expires_at } = input
  const occurred = timeOf(occurred_at, now)
  if (Number.isNaN(occurred)) add('occurred_at', 'invalid_format', 'Not a real moment.')
  if (occurred > now.getTime() + CLOCK_SKEW_MS) add('occurred_at', 'out_of_range', 'Must not be in the future.')
  if (action === 'granted' && purpose === EVERY_PURPOSE)
    add('purpose', 'invalid_value', 'Consent is given for one purpose at a time.')
  if (expires_at != null && action === 'withdrawn') add('expires_at', 'not_allowed', 'Only a grant can end by itself.')
  if (expires_at != null && !(Date.parse(expires_at) > occurred))
    add('expires_at', 'out_of_range', 'Must be a moment after occurred_at.')
  if (wording != null && wording_hash != null && wordingHash(wording) !== wording_hash)
    add('wording_hash', 'invalid_value', 'Is not the SHA-256 of the wording.')
  return faults
}

const timeOf = (moment: string | undefined, now: Date) => (moment === undefined ? now.getTime() : Date.parse(moment))

function rowOf(caller: Caller, leadId: string, input: ConsentInput, now: Date): ConsentRow {
  const { purpose, channel, action, method, occurred_at, expires_at, wording, wording_hash } = input
  return {
    id: newId(),
    lead_id: leadId,
    purpose,
    channel,
    action,
    occurred_at: new Date(timeOf(occurred_at, now)).toISOString(),
    recorded_at: now.toISOString(),
    expires_at: expires_at == null ? null : new Date(expires_at).toISOString(),
    method: method ?? 'api',
    actor: caller.actor,
    form_key: null,
    consent_key: null,
    submission_id: null,
    wording_hash: wording_hash ?? (wording == null ? null : wordingHash(wording)),
    wording_version: input.wording_version ?? null,
    wording: wording ?? null,
    locale: input.locale ?? null,
    ip_prefix: null,
    evidence: input.evidence ?? {},
  }
}

export interface Permission {
  verdict: ConsentVerdict<ConsentRow>
  question: ConsentQuestion
}

/** May this lead be contacted for a purpose on a channel at a moment, and why; 404 when there is no such lead. */
export async function decidePermission(
  ctx: Ctx,
  workspaceId: string,
  leadId: string,
  question: ConsentQuestion,
): Promise<Permission> {
  if (!(await hasLead(ctx.db, workspaceId, leadId))) throw notFound('lead')
  const entries = await listAllConsents(ctx.db, workspaceId, leadId)
  return { verdict: decideConsent(entries, question), question }
}
