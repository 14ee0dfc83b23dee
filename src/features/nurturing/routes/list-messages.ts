import { Type } from 'typebox'
import { MESSAGE_STATES } from '../../../domain/mail/message.ts'
import { toMessage } from '../../../domain/mail/message-row.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { readCursor, toPage, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, CursorParameter, Id, LimitParameter, query, Repeated, ref } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { listMessages as listRows } from '../message-queries.ts'
import { MessageList } from '../message-schemas.ts'
import { TemplateKey } from '../template-schemas.ts'

export const listMessages = defineRoute({
  method: 'GET',
  url: '/messages',
  operationId: 'listMessages',
  summary: 'List messages',
  description:
    'Mails with their state, newest first. `state=in_doubt` lists those that the mail server may or may not have; ' +
    '`state=withheld` those that were not sent, each with its reason.',
  access: OUTREACH_READ_PEOPLE,
  query: query({
    state: Repeated(ClosedEnum(MESSAGE_STATES, { description: 'A state.' }), {
      description: 'In one of these states.',
      examples: [['in_doubt']],
    }),
    lead_id: Type.Optional(Id('lead', { description: 'To this lead.' })),
    enrollment_id: Type.Optional(Id('enrollment', { description: 'Of this enrollment.' })),
    template_key: Type.Optional(TemplateKey),
    limit: LimitParameter,
    cursor: CursorParameter,
  }),
  responses: { 200: { description: 'A page of messages.', schema: ref(MessageList) } },
  handle: async (ctx, { caller, query: { limit, cursor, ...given } }) => {
    const { workspaceId } = caller
    const filter = {
      state: given.state ?? [],
      lead_id: given.lead_id === undefined ? null : requireId('lead', given.lead_id),
      enrollment_id: given.enrollment_id === undefined ? null : requireId('enrollment', given.enrollment_id),
      template_key: given.template_key ?? null,
    }
    const scope = { secret: ctx.secret, workspaceId, operation: 'listMessages', query: filter }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const rows = await listRows(ctx.db, workspaceId, filter, before, limit + 1)
    return ok(toPage(rows, limit, toMessage, (row) => writeCursor(scope, [row.created_at, row.id])))
  },
})
