/** Definitions of custom fields: one document, replaced as a whole, and never pulled from under stored values. */
import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { CUSTOM_FIELD_PREFIX } from '../../domain/condition/field-catalogue.ts'
import {
  CUSTOMIZABLE,
  type CustomField,
  type CustomFieldDocument,
  type Customizable,
  toConditionFields,
} from '../../domain/custom-field.ts'
import { findCustomFieldFaults, findRemovals, type Removal } from '../../domain/custom-field-faults.ts'
import { type ExpectedVersion, isExpectedVersion } from '../../domain/expected-version.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, type ProblemItem, validationFailed } from '../../errors.ts'
import { startOperation } from '../../operations/operation-store.ts'
import { asksAbout } from '../../pipeline/facts/needed-kinds.ts'
import { MOVE_LIMIT, moveCustomValues } from '../../pipeline/move-custom-values.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import {
  insertCustomFields,
  listFormsThatWrite,
  lockCustomFields,
  type StoredDocument,
  updateCustomFields,
} from './settings-queries.ts'

/** What becomes of values whose field or option goes; a null target drops them. */
export interface Replacement extends Removal {
  replace_with: string | null
}

/** Replaces the definitions; the same document again changes nothing. `ifMatchVersion` null takes any version. */
export async function saveCustomFields(
  ctx: Ctx,
  caller: Caller,
  document: CustomFieldDocument,
  replacements: Replacement[],
  ifMatchVersion: ExpectedVersion,
): Promise<StoredDocument> {
  const faults = findCustomFieldFaults(document)
  if (faults.length > 0) throw validationFailed(faults.map((fault) => ({ ...fault, parameter: null })))
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const now = ctx.now()
    const before = await lockCustomFields(tx, now.toISOString())
    if (!isExpectedVersion(ifMatchVersion, before.version)) {
      throw new ApiError('precondition_failed', 'The definitions have changed since you read them; read them again.')
    }
    if (isEqual(before.document, document)) return before
    await settleRemovals(tx, caller, { before: before.document, after: document, replacements, now })
    const version = before.version + 1
    await updateCustomFields(tx, document, version, now.toISOString())
    tell(tx, caller, before.document, document, now)
    await judgeAnew(tx, caller, before.document, document, now)
    return { document, version, updated_at: now.toISOString() }
  })
}

/** Defines what the demo form writes, unless the workspace has definitions already. */
export async function ensureFirstCustomFields(ctx: Ctx, workspaceId: string, fields: CustomField[]): Promise<void> {
  const document = { lead: fields, account: [] }
  await withWorkspace(ctx.db, workspaceId, (tx) => insertCustomFields(tx, document, ctx.now().toISOString()))
}

interface Settlement {
  before: CustomFieldDocument
  after: CustomFieldDocument
  replacements: Replacement[]
  now: Date
}

/** Moves the values of what goes, or refuses while anything still needs it. */
async function settleRemovals(tx: Tx, caller: Caller, settlement: Settlement): Promise<void> {
  const uses: ProblemItem[] = []
  for (const removal of findRemovals(settlement.before, settlement.after)) {
    const detail = await settle(tx, caller, removal, settlement)
    if (detail !== null) uses.push({ code: 'in_use', detail, pointer: `/${removal.object}`, parameter: null })
  }
  if (uses.length === 0) return
  const detail = uses.length === 1 ? (uses[0]?.detail ?? '') : `${uses.length} fields or options are still in use.`
  throw new ApiError('in_use', detail, { items: uses })
}

/** Why something cannot go, or null when nothing needs it any more. */
async function settle(
  tx: Tx,
  caller: Caller,
  removal: Removal,
  { after, replacements, now }: Settlement,
): Promise<string | null> {
  const { object, key, option } = removal
  const name = option === null ? key : `${key} (option ${option})`
  const replacement = replacements.find(
    (given) => given.object === object && given.key === key && (given.option ?? null) === option,
  )
  const forms = object === 'lead' && option === null ? await listFormsThatWrite(tx, key) : []
  if (forms.length > 0) return `${name} is written by the forms ${forms.join(', ')}; change them first.`
  const target = replacement === undefined ? undefined : { name: replacement.replace_with, fields: after[object] }
  const outcome = await moveCustomValues(tx, caller, removal, target, now)
  switch (outcome) {
    case 'done':
      return null
    case 'used':
      return `${name} still has values; archive it, or say by replacements what becomes of them.`
    case 'too_many':
      return `${name} has values in more than ${MOVE_LIMIT} records, which is too many to move at once; archive it.`
    case 'no_target':
      return `${name} cannot be replaced with what the new document does not have.`
    case 'unfit':
      return `${name} has values that its replacement cannot take.`
  }
}

/**
 * What cannot be asked any more rests, and what can be asked again decides again: where a published policy names such a
 * field, all leads are judged by what it means now.
 */
async function judgeAnew(
  tx: Tx,
  { actor }: Caller,
  before: CustomFieldDocument,
  after: CustomFieldDocument,
  now: Date,
): Promise<void> {
  const names = new Set(CUSTOMIZABLE.flatMap((object) => changedNames(object, before[object], after[object])))
  if (names.size === 0 || !asksAbout(await readPolicies(tx), names)) return
  const input = { reason: 'policy' }
  await startOperation(tx, { kind: 'lead_evaluation', input, actor, resource_id: 'custom_fields' }, now)
}

/** Fields of another meaning, by their names in conditions. */
function changedNames(object: Customizable, before: CustomField[], after: CustomField[]): string[] {
  const meaningOf = (fields: CustomField[], key: string) => toConditionFields(fields.filter((one) => one.key === key))
  return [...before, ...after]
    .map(({ key }) => key)
    .filter((key) => !isEqual(meaningOf(before, key), meaningOf(after, key)))
    .map((key) => `${object === 'account' ? 'account.' : ''}${CUSTOM_FIELD_PREFIX}${key}`)
}

function tell(tx: Tx, caller: Caller, before: CustomFieldDocument, after: CustomFieldDocument, now: Date): void {
  const fields = CUSTOMIZABLE.filter((object) => !isEqual(before[object], after[object]))
  const at = now.toISOString()
  recordChange(tx, {
    type: 'custom_fields.updated',
    object_id: tx.workspaceId,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: at,
    object: { ...after },
    changed_fields: fields,
    previous: Object.fromEntries(fields.map((object) => [object, before[object]])),
  })
  recordAudit(tx, caller, {
    action: 'custom_fields.updated',
    object_id: encodeTypeId('workspace', tx.workspaceId),
    before: { ...before },
    after: { ...after },
    occurred_at: at,
  })
}
