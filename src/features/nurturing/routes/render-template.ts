import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { RenderedMail, RenderRequest } from '../preference-schemas.ts'
import { previewTemplate } from '../preview-service.ts'
import { TemplateKey } from '../template-schemas.ts'

export const renderTemplate = defineRoute({
  method: 'POST',
  url: '/templates/:template_key/render',
  operationId: 'renderTemplate',
  summary: 'Preview a template',
  description:
    'Renders the mail as it would go to a lead, with the variables that are missing or empty. Sends nothing. 422 when the template fails: ' +
    'rendering is stopped after 250 ms or 32 MB.',
  access: { ...OUTREACH_READ_PEOPLE, idempotent: false },
  params: Type.Object({ template_key: TemplateKey }),
  body: ref(RenderRequest),
  responses: { 200: { description: 'The mail.', schema: ref(RenderedMail) } },
  problems: [404, 422],
  handle: async (ctx, { caller, params, body }) => {
    const wish = {
      lead_id: body.lead_id == null ? null : requireId('lead', body.lead_id),
      locale: body.locale ?? null,
      sender_key: body.sender_key ?? null,
      data: body.data ?? {},
    }
    return ok(await previewTemplate(ctx, caller.workspaceId, params.template_key, wish))
  },
})
