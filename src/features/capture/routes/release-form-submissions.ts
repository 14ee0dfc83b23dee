import { decodeTypeId } from '../../../domain/type-id.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { releaseSubmissions } from '../quarantine-service.ts'
import { ReleaseRequest, ReleaseResults, toReleaseResults } from '../release-schemas.ts'

export const releaseFormSubmissions = defineRoute({
  method: 'POST',
  url: '/form-submissions/batch/release',
  operationId: 'releaseFormSubmissions',
  summary: 'Release several submissions from quarantine',
  description: 'Up to 200 submissions at once, with one result for each in the order of the request.',
  access: {
    auth: 'secret',
    scope: 'forms:write',
    tenant_bound: true,
    idempotent: true,
    rate_class: 'default',
    pii_out: false,
  },
  body: ref(ReleaseRequest),
  responses: { 207: { description: 'One result for each submission.', schema: ref(ReleaseResults) } },
  handle: async (ctx, { caller, body, request }) => {
    const ids = body.submission_ids.map((id) => decodeTypeId('submission', id) ?? id)
    const outcomes = await releaseSubmissions(ctx, caller, ids)
    return { status: 207, body: toReleaseResults(ctx, request, outcomes) }
  },
})
