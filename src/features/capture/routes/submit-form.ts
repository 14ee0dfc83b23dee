import { Type } from 'typebox'
import { encodeTypeId } from '../../../domain/type-id.ts'
import { submissionKeyHeader } from '../../../http/idempotency-key.ts'
import { preferredWait } from '../../../http/prefer.ts'
import { type Answer, defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { SubmissionFields, SubmissionReceipt } from '../capture-schemas.ts'
import { awaitOutcome, captureSubmission } from '../capture-service.ts'
import { FormAddress } from '../form-parameters.ts'
import { requireForm, requireOrigin, submissionWriter } from '../public-form.ts'
import { readArrival } from '../read-arrival.ts'
import { redirectFor, wantsPage } from '../redirect.ts'

export const submitForm = defineRoute({
  method: 'POST',
  url: '/public/forms/:form_key/submissions',
  operationId: 'submitForm',
  summary: 'Submit a form',
  description:
    'Stores the submission durably before it answers; everything else (matching, scoring, routing) happens right after. ' +
    'Takes JSON, urlencoded, multipart (with files) and `text/plain` holding JSON (sendBeacon), from any allowed page, without a secret. ' +
    'The same submission twice is one: by `Idempotency-Key`, else by equal content within a window. ' +
    'A native form (`Accept: text/html`) is answered with 303 to its success page. `Prefer: wait=N` waits up to N seconds for the outcome.',
  access: { auth: 'public', scope: null, tenant_bound: true, idempotent: true, rate_class: 'capture', pii_out: false },
  params: Type.Object({ form_key: FormAddress }),
  body: ref(SubmissionFields),
  consumes: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'],
  responses: { 202: { description: 'Stored.', schema: ref(SubmissionReceipt) } },
  problems: [403, 404, 413, 415, 422],
  handle: async (ctx, { params, caller, request }) => {
    const form = await requireForm(ctx, params.form_key, request)
    requireOrigin(form, request)
    const { payload, files, context, redirect } = await readArrival(request, ctx.config)
    const target = redirectFor(form.definition, redirect)
    const idempotencyKey = submissionKeyHeader(request)
    const id = await captureSubmission(ctx, submissionWriter(ctx), { form, payload, context, files, idempotencyKey })
    const wait = preferredWait(request)
    const seen = wait === 0 ? undefined : await awaitOutcome(ctx, form.workspace_id, id, wait)
    if (wantsPage(request)) return seeOther(target ?? `/f/${params.form_key}?submitted=1`)
    // Whether a person was known before is nobody's business but the owner's.
    const isOwner =
      (caller.keyKind === 'secret' || caller.scopes.has('leads:read')) && caller.workspaceId === form.workspace_id
    const body = {
      submission_id: encodeTypeId('submission', id),
      state: seen?.state ?? 'received',
      message: form.definition.success_message,
      redirect_url: target,
      outcome: isOwner ? (seen?.outcome ?? null) : null,
      lead_id: isOwner && seen?.lead_id ? encodeTypeId('lead', seen.lead_id) : null,
    }
    return { status: 202, body }
  },
})

const seeOther = (location: string): Answer => ({ status: 303, headers: { location } })
