import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_POST } from '../access.ts'
import { resumeMail as resume } from '../mail-settings-service.ts'
import { MailStatus } from '../settings-schemas.ts'

export const resumeMail = defineRoute({
  method: 'POST',
  url: '/mail-status/resume',
  operationId: 'resumeMail',
  summary: 'Resume marketing mail',
  description:
    'Ends the pause that complaints have caused: those until now no longer count. Changes nothing when mail is not paused.',
  access: OUTREACH_POST,
  responses: { 200: { description: 'Where sending stands now.', schema: ref(MailStatus) } },
  handle: async (ctx, { caller }) => ok(await resume(ctx, caller)),
})
