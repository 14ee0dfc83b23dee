/** Every write to buyers. */
import { randomBytes } from 'node:crypto'
import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import { checkTarget } from '../../connectors/http-client/check-target.ts'
import { rulesOf } from '../../connectors/http-client/outbound.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { type BuyerDefinition, buyerSecretPlace } from '../../domain/buyer/buyer.ts'
import { buyerFaults } from '../../domain/buyer/buyer-faults.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import { type ExpectedVersion, isExpectedVersion } from '../../domain/expected-version.ts'
import { newId } from '../../domain/new-id.ts'
import { SEAL_IV_BYTES, sealSecret } from '../../domain/sealed-secret.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { ApiError, validationFailed } from '../../errors.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { requireKnownKeys } from '../../pipeline/names/find-missing-keys.ts'
import { type BuyerRow, listBuyersByKey } from '../../pipeline/sell/sale-queries.ts'
import { followPolicies } from '../../policies/published-policies.ts'
import { lockBuyer, saveBuyer } from './buyer-queries.ts'
import { toBuyer } from './buyer-schemas.ts'

/** What the caller says about the version that it saw. */
export interface Expectation {
  ifMatchVersion: ExpectedVersion
  createOnly: boolean
}

/** Creates or replaces a buyer; the same definition without a secret again changes nothing. */
export async function saveBuyerDefinition(
  ctx: Ctx,
  caller: Caller,
  key: string,
  given: { definition: BuyerDefinition; secret: string | null | undefined },
  expected: Expectation,
): Promise<{ buyer: BuyerRow; created: boolean }> {
  const { definition, secret } = given
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    // No segment goes between the look at it and the commit.
    await followPolicies(tx)
    await requireSound(ctx, tx, key, definition)
    const before = await lockBuyer(tx, key)
    checkExpectation(before, expected)
    if (before !== undefined && secret === undefined && isEqual(before.definition, definition))
      return { buyer: before, created: false }
    const at = ctx.now().toISOString()
    const buyer: BuyerRow = {
      buyer_key: key,
      id: before?.id ?? newId(),
      definition,
      secret: sealed(ctx, caller.workspaceId, key, secret, before),
      version: (before?.version ?? 0) + 1,
      created_at: before?.created_at ?? at,
      updated_at: at,
    }
    if (!(await saveBuyer(tx, buyer))) throw new ApiError('precondition_failed', 'Somebody else made this buyer first.')
    tell(tx, caller, before, buyer, secret)
    return { buyer, created: before === undefined }
  })
}

function sealed(ctx: Ctx, workspaceId: string, key: string, secret: string | null | undefined, before?: BuyerRow) {
  if (secret === undefined) return before?.secret ?? null
  if (secret === null) return null
  return sealSecret(ctx.secret, buyerSecretPlace(workspaceId, key), secret, randomBytes(SEAL_IV_BYTES))
}

async function requireSound(ctx: Ctx, tx: Tx, key: string, definition: BuyerDefinition): Promise<void> {
  const rules = rulesOf(ctx.config)
  const judgeUrl = (url: string) => {
    const verdict = checkTarget(url, rules)
    return verdict.ok ? null : verdict.reason
  }
  const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
  const condition = validateCondition(definition.condition, catalogue, '/condition')
  const faults = [...(condition.ok ? [] : condition.faults), ...buyerFaults(key, definition, judgeUrl)]
  if (faults.length > 0) throw validationFailed(faults.map((fault) => ({ ...fault, parameter: null })))
  await requireKnownKeys(tx, definition.condition, '/condition')
  const known = await listBuyersByKey(tx, definition.next_buyers)
  const unknown = definition.next_buyers.flatMap((next, i) =>
    known.has(next)
      ? []
      : [{ pointer: `/next_buyers/${i}`, code: 'unknown_buyer', detail: 'No such buyer.', parameter: null }],
  )
  if (unknown.length > 0) throw new ApiError('unprocessable', 'A next buyer is not there.', { items: unknown })
}

function checkExpectation(before: BuyerRow | undefined, { ifMatchVersion, createOnly }: Expectation): void {
  if (before !== undefined && createOnly) throw new ApiError('precondition_failed', 'A buyer with this key exists.')
  if (before !== undefined && ifMatchVersion === null)
    throw new ApiError('precondition_required', `Send If-Match with the ETag that you read ("v${before.version}" now).`)
  if (ifMatchVersion !== null && !(before && isExpectedVersion(ifMatchVersion, before.version)))
    throw new ApiError('precondition_failed', 'The buyer has changed since you read it; read it again.')
}

/** Neither the feed nor the audit log carries the secret; that there is another one shows by a mask on both sides. */
function tell(
  tx: Tx,
  caller: Caller,
  before: BuyerRow | undefined,
  buyer: BuyerRow,
  secret: string | null | undefined,
): void {
  const type = before === undefined ? 'buyer.created' : 'buyer.updated'
  const occurred_at = buyer.updated_at
  recordChange(tx, {
    type,
    object_id: buyer.id,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at,
    object: toBuyer(buyer),
    changed_fields: ['version'],
    previous: before === undefined ? {} : { version: before.version },
  })
  const former = before === undefined || before.secret === null ? null : 'former'
  recordAudit(tx, caller, {
    action: type,
    object_id: buyer.buyer_key,
    before: before === undefined ? null : { version: before.version, ...before.definition, secret: former },
    after: { version: buyer.version, ...buyer.definition, secret: secret === undefined ? former : secret },
    occurred_at,
  })
}
