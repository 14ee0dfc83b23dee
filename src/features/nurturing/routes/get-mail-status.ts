import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { readMailStatus } from '../mail-settings-service.ts'
import { MailStatus } from '../settings-schemas.ts'

export const getMailStatus = defineRoute({
  method: 'GET',
  url: '/mail-status',
  operationId: 'getMailStatus',
  summary: 'Read where sending stands',
  description:
    'How mail leaves, whether marketing mail is paused by complaints, and how many mails wait or are in doubt.',
  access: OUTREACH_READ,
  responses: { 200: { description: 'Where sending stands.', schema: ref(MailStatus) } },
  handle: async (ctx, { caller }) => ok(await readMailStatus(ctx, caller.workspaceId)),
})
