import { Type } from 'typebox'
import { SUPPRESSION_REASONS } from '../../../domain/mail/suppression.ts'
import { toSuppression } from '../../../domain/mail/suppression-row.ts'
import { ok } from '../../../http/answers.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, LimitParameter, query, ref, Text } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { listSuppressions as listRows } from '../suppression-queries.ts'
import { SuppressionList } from '../suppression-schemas.ts'
import { readTarget } from '../suppression-service.ts'

export const listSuppressions = defineRoute({
  method: 'GET',
  url: '/suppressions',
  operationId: 'listSuppressions',
  summary: 'List suppressions',
  description: 'Addresses and domains that no mail goes to, newest first.',
  access: OUTREACH_READ_PEOPLE,
  query: query({
    value: Type.Optional(Text(320, { description: 'This address or domain.', examples: ['ada@example.org'] })),
    reason: Type.Optional(
      ClosedEnum(SUPPRESSION_REASONS, { description: 'For this reason.', examples: ['unsubscribed'] }),
    ),
    lifted: Type.Boolean({ description: 'True shows lifted ones too.', default: false, examples: [false] }),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of suppressions.', schema: ref(SuppressionList) } },
  handle: async (ctx, { caller, query: { limit, cursor, ...given } }) => {
    const { workspaceId } = caller
    // What is neither address nor domain is on no list.
    const value = given.value === undefined ? null : (readTarget(given.value)?.value ?? given.value)
    const filter = { value, reason: given.reason ?? null, lifted: given.lifted }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listSuppressions', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toSuppression, (row) => writeCursor(scope, [row.created_at, row.id])))
  },
})
