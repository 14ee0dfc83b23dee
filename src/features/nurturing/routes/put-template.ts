import { Type } from 'typebox'
import { created, okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_WRITE } from '../access.ts'
import { Template, TemplateKey, TemplateUpdate, toTemplate, toTemplateDefinition } from '../template-schemas.ts'
import { putTemplate as save } from '../template-service.ts'

export const putTemplate = defineRoute({
  method: 'PUT',
  url: '/templates/:template_key',
  operationId: 'putTemplate',
  summary: 'Create or replace a template',
  description:
    'Saves a new version; mails that were rendered keep theirs. An existing template needs `If-Match` with the ETag that you read ' +
    '(428 without it, 412 when it has changed). Templates are Liquid: `lead`, `data`, `sender`, `workspace`, `unsubscribe_url`, ' +
    '`preferences_url`; `include`, `render`, `layout` and the filter `raw` are not available. What cannot be parsed is not saved.',
  access: OUTREACH_WRITE,
  params: Type.Object({ template_key: TemplateKey }),
  body: ref(TemplateUpdate),
  responses: {
    200: { description: 'The template as it is now.', schema: ref(Template) },
    201: { description: 'The new template.', schema: ref(Template) },
  },
  problems: [412, 428],
  handle: async (ctx, { caller, params, body, request }) => {
    const key = params.template_key
    const expected = { ifMatchVersion: expectedVersion(request), createOnly: isCreateOnly(request) }
    const saved = await save(ctx, caller, key, toTemplateDefinition(key, body), expected)
    const template = toTemplate(saved.template)
    return saved.created ? created(template, `/v1/templates/${key}`) : okWithEtag(template)
  },
})
