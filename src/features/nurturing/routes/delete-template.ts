import { Type } from 'typebox'
import { noContent } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { OUTREACH_WRITE } from '../access.ts'
import { TemplateKey } from '../template-schemas.ts'
import { deleteTemplate as remove } from '../template-service.ts'

export const deleteTemplate = defineRoute({
  method: 'DELETE',
  url: '/templates/:template_key',
  operationId: 'deleteTemplate',
  summary: 'Delete a template',
  description:
    'Removes a template from use; its versions stay for the mails that were made from it. Mails that are planned with it and not ' +
    'yet rendered are withheld with the reason `template_missing`. 409 while a sequence in use mails with it, also a former version that ' +
    'somebody still walks through.',
  access: OUTREACH_WRITE,
  params: Type.Object({ template_key: TemplateKey }),
  responses: { 204: { description: 'Deleted.', schema: null } },
  problems: [404, 409, 412],
  handle: async (ctx, { caller, params, request }) => {
    await remove(ctx, caller, params.template_key, expectedVersion(request))
    return noContent()
  },
})
