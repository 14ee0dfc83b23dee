/** Form definitions: every save is a new version, old versions stay for the submissions that they received. */
import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import type { FormDefinition } from '../../domain/form.ts'
import { findDefinitionFaults } from '../../domain/form-faults.ts'
import { isEqual } from '../../domain/survivorship.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, validationFailed } from '../../errors.ts'
import { PUBLIC_KEY_PREFIX } from './form-address.ts'
import { type FormRow, lockForm, saveForm } from './form-queries.ts'

/** What the caller says about the version that it saw: `null` creates only, a number must be the current one. */
export interface Expectation {
  ifMatchVersion: number | null
  createOnly: boolean
}

/** Creates a form or publishes a new version of it; the same definition again changes nothing. */
export async function saveFormDefinition(
  ctx: Ctx,
  caller: Caller,
  formKey: string,
  definition: FormDefinition,
  expected: Expectation,
): Promise<{ form: FormRow; created: boolean }> {
  const faults = findDefinitionFaults(definition)
  if (faults.length > 0) throw validationFailed(faults)
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockForm(tx, formKey)
    checkExpectation(before, expected)
    if (before !== undefined && isEqual(before.definition, definition)) return { form: before, created: false }
    const at = ctx.now().toISOString()
    const form: FormRow = {
      id: before?.id ?? uuidv7(),
      form_key: formKey,
      public_key: before?.public_key ?? PUBLIC_KEY_PREFIX + randomBytes(18).toString('base64url'),
      version: (before?.version ?? 0) + 1,
      definition,
      created_at: before?.created_at ?? at,
      updated_at: at,
    }
    await saveForm(tx, form, caller.actor)
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
    return { form, created: before === undefined }
  })
}

function toFormSnapshot({ id, public_key: _, definition, ...rest }: FormRow) {
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
  if (ifMatchVersion !== null && before?.version !== ifMatchVersion) {
    throw new ApiError('precondition_failed', 'The form has changed since you read it; read it again.')
  }
}
