/** The list of those whom no mail goes to: added by hand or by import, lifted by hand, all of it in the audit log. */
import { recordAudit } from '../../changes/record-audit.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import {
  SUPPRESSION_REASONS,
  SUPPRESSION_SCOPES,
  type SuppressionReason,
  type SuppressionScope,
} from '../../domain/mail/suppression.ts'
import type { SuppressionRow } from '../../domain/mail/suppression-row.ts'
import { toSuppression } from '../../domain/mail/suppression-row.ts'
import { toAsciiDomain } from '../../domain/normalize/domain-name.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { liftSuppressions, type NewSuppression, suppress } from '../../pipeline/mail/suppress.ts'
import { findSuppressionRow } from './suppression-queries.ts'

/** What a request says, as the schema lets it through. */
export interface SuppressionInput {
  value: string
  kind?: string | undefined
  scope?: string | undefined
  purpose?: string | null | undefined
  reason?: string | undefined
  note?: string | null | undefined
}

/** Adds suppressions; a faulty one is its problem, one that holds already stays as it is. */
export async function addSuppressions(
  ctx: Ctx,
  caller: Caller,
  inputs: (SuppressionInput | ApiError)[],
): Promise<({ row: SuppressionRow; created: boolean } | ApiError)[]> {
  const read = inputs.map((input) => (input instanceof ApiError ? input : readInput(caller, input)))
  const wanted = read.filter((one): one is NewSuppression => !(one instanceof ApiError))
  const added = await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const results = await suppress(tx, wanted, caller.origin, ctx.now())
    for (const { row, created } of results) {
      if (!created) continue
      recordAudit(tx, caller, {
        action: 'suppression.created',
        object_id: encodeTypeId('suppression', row.id),
        before: null,
        after: toAudited(row),
        occurred_at: ctx.now().toISOString(),
      })
    }
    return results
  })
  const next = added.values()
  return read.map((one) => (one instanceof ApiError ? one : (next.next().value as (typeof added)[number])))
}

/** Lifts a suppression. */
export async function liftSuppression(ctx: Ctx, caller: Caller, id: string): Promise<void> {
  const known = await findSuppressionRow(ctx.db, caller.workspaceId, id)
  if (known === undefined || known.lifted_at !== null) throw notFound('suppression')
  await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const [row] = await liftSuppressions(tx, [id], caller.actor, caller.origin, ctx.now())
    if (row === undefined) throw notFound('suppression')
    recordAudit(tx, caller, {
      action: 'suppression.lifted',
      object_id: encodeTypeId('suppression', id),
      before: toAudited(known),
      after: toAudited(row),
      occurred_at: ctx.now().toISOString(),
    })
  })
}

/** The log is for ever and knows nobody: of an address it says that there was one. */
function toAudited(row: SuppressionRow) {
  const { value, note, ...rest } = toSuppression(row)
  return { ...rest, value: row.kind === 'address' ? '***' : value, note: note === null ? null : '***' }
}

/** An address or domain as suppressions compare it; undefined when it is neither. */
export function readTarget(value: string): Pick<NewSuppression, 'kind' | 'shown' | 'value'> | undefined {
  const text = value.trim()
  if (text.includes('@') && !text.startsWith('@')) {
    const email = normalizeEmail(text)
    return email.ok ? { kind: 'address', shown: email.value, value: email.match_key } : undefined
  }
  const domain = toAsciiDomain(text.replace(/^@/, ''))
  return domain === null ? undefined : { kind: 'domain', shown: domain, value: domain }
}

function readInput(caller: Caller, input: SuppressionInput): NewSuppression | ApiError {
  const fault = (name: string, detail: string) =>
    validationFailed([{ code: 'invalid_value', detail, pointer: `/${name}`, parameter: null }])
  const target = readTarget(input.value)
  if (target === undefined) return fault('value', 'Must be one e-mail address or one domain.')
  if (input.kind !== undefined && input.kind !== target.kind) return fault('kind', `This is an ${target.kind}.`)
  const scope = (input.scope ?? 'all') as SuppressionScope
  if (!SUPPRESSION_SCOPES.includes(scope)) return fault('scope', `Must be one of: ${SUPPRESSION_SCOPES.join(', ')}.`)
  const purpose = input.purpose ?? ''
  if ((scope === 'purpose') === (purpose === ''))
    return fault('purpose', 'Needed for the scope `purpose`, and for it alone.')
  const reason = (input.reason ?? 'manual') as SuppressionReason
  if (!SUPPRESSION_REASONS.includes(reason))
    return fault('reason', `Must be one of: ${SUPPRESSION_REASONS.join(', ')}.`)
  return { ...target, scope, purpose, reason, note: input.note ?? null, actor: caller.actor }
}
