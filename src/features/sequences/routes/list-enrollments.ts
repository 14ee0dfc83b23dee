import { Type } from 'typebox'
import { ENROLLMENT_STATUSES } from '../../../domain/sequence/enrollment.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, Id, LimitParameter, query, ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { listEnrollments as listRows } from '../enrollment-queries.ts'
import { EnrollmentPage, toEnrollment } from '../enrollment-schemas.ts'
import { SequenceKey } from '../sequence-schemas.ts'

export const listEnrollments = defineRoute({
  method: 'GET',
  url: '/enrollments',
  operationId: 'listEnrollments',
  summary: 'List enrollments',
  description: 'Who is and was in which sequence, newest first. Nothing is ever removed.',
  access: OUTREACH_READ,
  query: query({
    sequence_key: Type.Optional(SequenceKey),
    lead_id: Type.Optional(Id('lead', { description: 'Of this lead.' })),
    status: Type.Optional(ClosedEnum(ENROLLMENT_STATUSES, { description: 'Only in this status.' })),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of enrollments.', schema: ref(EnrollmentPage) } },
  handle: async (ctx, { caller: { workspaceId }, query: { limit, cursor, ...given } }) => {
    const filter = {
      sequence_key: given.sequence_key ?? null,
      lead_id: given.lead_id === undefined ? null : requireId('lead', given.lead_id),
      status: given.status ?? null,
    }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listEnrollments', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toEnrollment, (row) => writeCursor(scope, [row.started_at, row.id])))
  },
})
