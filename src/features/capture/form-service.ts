/** Form definitions: every save is a new version, old versions stay for the submissions that they received. */
import { randomBytes } from 'node:crypto'
import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { wordingsOf } from '../../domain/consent-wording.ts'
import { type ExpectedVersion, isExpectedVersion } from '../../domain/expected-version.ts'
import type { FormDefinition } from '../../domain/form.ts'
import { type DefinitionFault, findDefinitionFaults } from '../../domain/form-faults.ts'
import { newId } from '../../domain/new-id.ts'
import { SEAL_IV_BYTES, sealSecret } from '../../domain/sealed-secret.ts'
import { challengePlace } from '../../domain/spam/challenge-place.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, validationFailed } from '../../errors.ts'
import { PUBLIC_KEY_PREFIX } from './form-address.ts'
import { type FormRow, insertWordings, lockForm, saveChallengeSecret, saveForm } from './form-queries.ts'
import { requireTargets } from './form-targets.ts'

/** What the caller says about the version that it saw: `null` creates only, a number must be the current one. */
export interface Expectation {
  ifMatchVersion: ExpectedVersion
  createOnly: boolean
}

/**
 * Creates a form or publishes a new version of it; the same definition again changes nothing. Throws 400 for a definition
 * that cannot work, 422 for fields that map to what the workspace does not have.
 */
export async function saveFormDefinition(
  ctx: Ctx,
  caller: Caller,
  formKey: string,
  definition: FormDefinition,
  expected: Expectation,
  challengeSecret?: string | null,
): Promise<{ form: FormRow; created: boolean }> {
  const faults = findDefinitionFaults(definition)
  if (faults.length > 0) throw validationFailed(faults)
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockForm(tx, formKey)
    checkExpectation(before, expected)
    const hasSecret = challengeSecret === undefined ? (before?.has_challenge_secret ?? false) : challengeSecret !== null
    requireSecret(definition, hasSecret)
    const form = await saveVersion(ctx, tx, caller, formKey, definition, before)
    if (challengeSecret !== undefined) await saveSecret(ctx, tx, formKey, challengeSecret)
    if (form !== before || challengeSecret !== undefined) auditForm(ctx, tx, caller, before, form, challengeSecret)
    return { form: { ...form, has_challenge_secret: hasSecret }, created: before === undefined }
  })
}

async function saveSecret(ctx: Ctx, tx: Tx, formKey: string, secret: string | null): Promise<void> {
  const place = challengePlace(tx.workspaceId, formKey)
  const sealed = secret === null ? null : sealSecret(ctx.secret, place, secret, randomBytes(SEAL_IV_BYTES))
  await saveChallengeSecret(tx, formKey, sealed, ctx.now().toISOString())
}

/** The audit log masks secrets by name; that there is another one shows by a mask on both sides. */
function auditForm(
  ctx: Ctx,
  tx: Tx,
  caller: Caller,
  before: FormRow | undefined,
  form: FormRow,
  secret: string | null | undefined,
): void {
  const former = before?.has_challenge_secret ? 'former' : null
  recordAudit(tx, caller, {
    action: before === undefined ? 'form.created' : 'form.updated',
    object_id: form.form_key,
    before: before === undefined ? null : { version: before.version, ...before.definition, challenge_secret: former },
    after: { version: form.version, ...form.definition, challenge_secret: secret === undefined ? former : secret },
    occurred_at: ctx.now().toISOString(),
  })
}

/** Without its secret a widget's verifier answers nobody, and every visitor would end in quarantine. */
function requireSecret({ spam }: FormDefinition, hasSecret: boolean): void {
  if (hasSecret || spam.challenge === 'none' || spam.challenge === 'proof_of_work') return
  const fault: DefinitionFault = {
    code: 'required',
    detail: 'The verifier of this challenge needs a secret.',
    pointer: '/challenge_secret',
    parameter: null,
  }
  throw validationFailed([fault])
}

async function saveVersion(
  ctx: Ctx,
  tx: Tx,
  caller: Caller,
  formKey: string,
  definition: FormDefinition,
  before: FormRow | undefined,
): Promise<FormRow> {
  if (before !== undefined && isEqual(before.definition, definition)) return before
  await requireTargets(tx, definition)
  const at = ctx.now().toISOString()
  const form: FormRow = {
    id: before?.id ?? newId(),
    form_key: formKey,
    public_key: before?.public_key ?? PUBLIC_KEY_PREFIX + randomBytes(18).toString('base64url'),
    version: (before?.version ?? 0) + 1,
    definition,
    has_challenge_secret: false,
    created_at: before?.created_at ?? at,
    updated_at: at,
  }
  await saveForm(tx, form, caller.actor)
  await insertWordings(tx, form, wordingsOf(definition))
  recordChange(tx, {
    type: before === undefined ? 'form.created' : 'form.updated',
    object_id: form.id,
    actor: caller.actor,
    origin: caller.origin,
    occurred_at: at,
    object: toFormSnapshot(form),
    changed_fields: ['definition', 'version'],
    previous: before === undefined ? {} : { version: before.version },
  })
  return form
}

function toFormSnapshot({ id, public_key: _, has_challenge_secret: _secret, definition, ...rest }: FormRow) {
  return { id: encodeTypeId('form', id), ...rest, ...definition }
}

function checkExpectation(before: FormRow | undefined, { ifMatchVersion, createOnly }: Expectation): void {
  if (before !== undefined && createOnly) throw new ApiError('precondition_failed', 'A form with this key exists.')
  if (before !== undefined && ifMatchVersion === null) {
    throw new ApiError(
      'precondition_required',
      `Send If-Match with the ETag of the version that you read ("v${before.version}" now).`,
    )
  }
  if (ifMatchVersion !== null && !(before && isExpectedVersion(ifMatchVersion, before.version))) {
    throw new ApiError('precondition_failed', 'The form has changed since you read it; read it again.')
  }
}
