/** What would this submission become, and why: for whoever writes a form or connects a site. Nothing is written. */
import type { Caller, Ctx } from '../../ctx.ts'
import type { FormDefinition } from '../../domain/form.ts'
import { findDefinitionFaults } from '../../domain/form-faults.ts'
import type { SubmissionContext } from '../../domain/submission.ts'
import { type FieldFault, validateSubmission } from '../../domain/validate-submission.ts'
import { notFound, validationFailed } from '../../errors.ts'
import { type Rehearsal, rehearseSubmission } from '../../pipeline/rehearse-submission.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { findForm, findVersion } from './form-queries.ts'
import { requireTargets } from './form-targets.ts'
import { readEvidence, readReserved, splitReserved } from './read-context.ts'

export interface DryRunRequest {
  fields: Record<string, unknown>
  /** A version that was published; null for the current one. */
  version: number | null
  /** A draft to try instead of any published version. */
  definition: FormDefinition | null
}

export interface DryRun {
  form_version: number | null
  faults: FieldFault[]
  /** Null when the submission would be refused. */
  rehearsal: Rehearsal | null
}

/** Runs a submission as a thought. */
export async function dryRunSubmission(
  ctx: Ctx,
  caller: Caller,
  formKey: string,
  wanted: DryRunRequest,
): Promise<DryRun> {
  const form = await formFor(ctx, caller.workspaceId, formKey, wanted)
  const { payload, reserved } = splitReserved(wanted.fields)
  const faults = validateSubmission(withoutFiles(form.definition), payload, [])
  if (faults.length > 0) return { form_version: form.version, faults, rehearsal: null }
  const now = ctx.now()
  const place = { workspace_id: caller.workspaceId, form_key: formKey }
  const evidence = readEvidence(ctx.secret, place, form.definition.spam, reserved, now)
  const context: SubmissionContext = {
    ...readReserved(payload, reserved),
    ...(evidence !== null && { evidence }),
  }
  const imagined = { form_key: formKey, form_version: form.version ?? 0, payload, context }
  const rehearsal = await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    if (wanted.definition !== null) await requireTargets(tx, wanted.definition, '/definition')
    return await rehearseSubmission(tx, form.definition, imagined, now)
  })
  return { form_version: form.version, faults, rehearsal }
}

async function formFor(
  ctx: Ctx,
  workspaceId: string,
  formKey: string,
  { version, definition }: DryRunRequest,
): Promise<{ version: number | null; definition: FormDefinition }> {
  if (definition !== null) {
    const faults = findDefinitionFaults(definition)
    if (faults.length > 0)
      throw validationFailed(faults.map((fault) => ({ ...fault, pointer: `/definition${fault.pointer}` })))
    return { version: null, definition }
  }
  const found =
    version === null
      ? await findForm(ctx.db, workspaceId, formKey)
      : await findVersion(ctx.db, workspaceId, formKey, version)
  if (found === undefined) throw notFound(version === null ? 'form' : 'form version')
  return found
}

/** Bytes cannot be thought of: file fields are left out. */
const withoutFiles = (form: FormDefinition): FormDefinition => ({
  ...form,
  fields: form.fields.filter((field) => field.type !== 'file'),
})
