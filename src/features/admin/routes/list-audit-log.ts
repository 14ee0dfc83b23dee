import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, LimitParameter, query, Repeated, ref, Text, Timestamp } from '../../../http/schema.ts'
import { listAuditLog as listRows } from '../audit-queries.ts'
import { AuditPage, toAuditEntry } from '../audit-schemas.ts'

const text = (description: string, example: string) =>
  Type.Optional(Text(200, { description, examples: [example], minLength: 1 }))

export const listAuditLog = defineRoute({
  method: 'GET',
  url: '/audit-log',
  operationId: 'listAuditLog',
  summary: 'Read the audit log',
  description: 'Who changed keys, settings and forms, newest first, with the difference that it made.',
  access: {
    auth: 'secret',
    scope: 'audit:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: query({
    actor: text('Only deeds of this one.', 'key_01k8r5x4q3e7vb2c9m6h0n1d5s'),
    object: text('Only this kind of object.', 'api_key'),
    object_id: text('Only this object.', 'key_01k8r5x4q3e7vb2c9m6h0n1d5s'),
    action: Repeated(Text(64, { description: 'An action.', examples: ['api_key.created'], minLength: 1 }), {
      description: 'Any of these actions.',
    }),
    occurred_after: Type.Optional(Timestamp({ description: 'At or after this moment.' })),
    occurred_before: Type.Optional(Timestamp({ description: 'Before this moment.' })),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of the log.', schema: ref(AuditPage) } },
  handle: async (ctx, { caller, query: { limit, cursor, ...given } }) => {
    const filter = {
      actor: given.actor ?? null,
      object: given.object ?? null,
      object_id: given.object_id ?? null,
      actions: given.action ?? null,
      after: requireMoment('occurred_after', given.occurred_after),
      before: requireMoment('occurred_before', given.occurred_before),
    }
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'listAuditLog', query: filter }
    const [beyond] = cursor === undefined ? [null] : readCursor(scope, cursor)
    const rows = await listRows(ctx.db, caller.workspaceId, filter, beyond as number | null, limit + 1)
    return ok(toPage(rows, limit, toAuditEntry, (row) => writeCursor(scope, [row.sequence])))
  },
})
