import { Type } from 'typebox'
import { SUBMISSION_STATES } from '../../../domain/submission.ts'
import { ok } from '../../../http/answers.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, LimitParameter, query, Repeated, ref, Timestamp } from '../../../http/schema.ts'
import { FormKey } from '../form-parameters.ts'
import { listSubmissions } from '../submission-queries.ts'
import { FormSubmissionPage, toFormSubmission } from '../submission-schemas.ts'

export const listFormSubmissions = defineRoute({
  method: 'GET',
  url: '/form-submissions',
  operationId: 'listFormSubmissions',
  summary: 'List raw submissions',
  description:
    'Raw submissions with what became of them, newest first. Nothing that was accepted is ever missing here.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: query({
    form_key: Repeated(FormKey, { description: 'Only these forms.' }),
    state: Repeated(ClosedEnum(SUBMISSION_STATES, { description: 'A state.' }), { description: 'Only these states.' }),
    received_after: Type.Optional(Timestamp({ description: 'Received at or after this moment.' })),
    received_before: Type.Optional(Timestamp({ description: 'Received before this moment.' })),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of submissions.', schema: ref(FormSubmissionPage) } },
  handle: async (ctx, { caller, query: { limit, cursor, ...given } }) => {
    const filter = {
      form_key: given.form_key ?? [],
      state: given.state ?? [],
      received_after: requireMoment('received_after', given.received_after),
      received_before: requireMoment('received_before', given.received_before),
    }
    const scope = {
      secret: ctx.secret,
      workspaceId: caller.workspaceId,
      operation: 'listFormSubmissions',
      query: filter,
    }
    const [before] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listSubmissions(ctx.db, caller.workspaceId, filter, before as string | null, limit + 1)
    return ok(toPage(rows, limit, toFormSubmission, (row) => writeCursor(scope, [row.id])))
  },
})
