import { Type } from 'typebox'
import { submissionKeyHeader } from '../../../http/idempotency-key.ts'
import { preferredWait } from '../../../http/prefer.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { awaitOutcome, captureSubmission, requireOpen } from '../capture-service.ts'
import type { AddressedForm } from '../form-address.ts'
import { FormAddress } from '../form-parameters.ts'
import { answerVisitor } from '../pages/answer-visitor.ts'
import { problemPage } from '../pages/plain-page.ts'
import { requireForm, requireOrigin, submissionWriter } from '../public-form.ts'
import { type Received, readArrival } from '../read-arrival.ts'
import { locationOf, redirectFor, wantsPage } from '../redirect.ts'
import { localeOf, receiptOf } from '../submission-receipt.ts'
import { SubmissionFields, SubmissionReceipt } from '../submission-schemas.ts'

export const submitForm = defineRoute({
  method: 'POST',
  url: '/public/forms/:form_key/submissions',
  operationId: 'submitForm',
  summary: 'Submit a form',
  description:
    'Stores the submission durably before it answers; everything else (matching, scoring, routing) happens right after. ' +
    'Takes JSON, urlencoded, multipart (with files) and `text/plain` holding JSON (sendBeacon), from any allowed page, without a secret. ' +
    'The same submission twice is one: by `Idempotency-Key`, else by equal content within a window. ' +
    'A native form (`Accept: text/html`) is answered with 303 to its success page, or with the form again when something has to be put right. `Prefer: wait=N` waits up to N seconds for the outcome.',
  access: { auth: 'public', scope: null, tenant_bound: true, idempotent: true, rate_class: 'capture', pii_out: false },
  params: Type.Object({ form_key: FormAddress }),
  body: ref(SubmissionFields),
  consumes: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'],
  responses: {
    202: { description: 'Stored.', schema: ref(SubmissionReceipt) },
    303: { description: 'Stored; a native form goes on to its success page.', schema: null },
  },
  problems: [403, 404, 413, 415, 422],
  waits: true,
  problemPage,
  handle: async (ctx, { params, caller, request }) => {
    const store = async (form: AddressedForm, { redirect, ...received }: Received) => {
      const target = redirectFor(form.definition, redirect)
      const idempotencyKey = submissionKeyHeader(request)
      return { target, id: await captureSubmission(ctx, submissionWriter(ctx), { form, ...received, idempotencyKey }) }
    }
    if (wantsPage(request)) {
      return await answerVisitor(ctx, request, params.form_key, async (form, received) => {
        const { target } = await store(form, received)
        return target === null
          ? `/f/${params.form_key}?submitted=1&locale=${localeOf(form, received.context)}`
          : locationOf(target)
      })
    }
    const form = await requireForm(ctx, params.form_key, request)
    requireOrigin(form, request)
    requireOpen(ctx, form)
    const received = await readArrival(ctx, form, request)
    const { id, target } = await store(form, received)
    const wait = preferredWait(request)
    const seen = wait === 0 ? undefined : await awaitOutcome(ctx, form.workspace_id, id, wait)
    const body = receiptOf(form, caller, { id, target, context: received.context, seen })
    return { status: 202, body }
  },
})
