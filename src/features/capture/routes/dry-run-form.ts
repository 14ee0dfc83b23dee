import { Type } from 'typebox'
import { ApiError } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { DryRunInput, DryRunResult, toDryRun } from '../dry-run-schemas.ts'
import { dryRunSubmission } from '../dry-run-service.ts'
import { FormKey } from '../form-parameters.ts'
import { toDefinition } from '../form-schemas.ts'

export const dryRunForm = defineRoute({
  method: 'POST',
  url: '/forms/:form_key/dry-runs',
  operationId: 'dryRunForm',
  summary: 'Try what a submission would become',
  description:
    'Decides about a submission exactly as the service would, with nothing written: faults, spam verdict, normalized values, matching, changes and consents, each with its reason. ' +
    'Tries the current version, a published one, or a draft that is not saved anywhere. Needs the right to read leads too, for it tells about known ones.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ form_key: FormKey }),
  body: ref(DryRunInput),
  responses: { 200: { description: 'What it would become.', schema: ref(DryRunResult) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body }) => {
    if (caller.keyKind === 'restricted' && !caller.scopes.has('leads:read'))
      throw new ApiError('forbidden', 'This key lacks the scope leads:read.')
    const { fields, version, definition } = body
    const wanted = {
      fields,
      version: version ?? null,
      definition: definition == null ? null : toDefinition(definition),
    }
    return ok(toDryRun(await dryRunSubmission(ctx, caller, params.form_key, wanted)))
  },
})
