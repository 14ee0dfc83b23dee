import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { findTemplate } from '../template-queries.ts'
import { Template, TemplateKey, toTemplate } from '../template-schemas.ts'

export const getTemplate = defineRoute({
  method: 'GET',
  url: '/templates/:template_key',
  operationId: 'getTemplate',
  summary: 'Read a template',
  description: 'The current version of a template.',
  access: OUTREACH_READ,
  params: Type.Object({ template_key: TemplateKey }),
  responses: { 200: { description: 'The template.', schema: ref(Template) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findTemplate(ctx.db, caller.workspaceId, params.template_key)
    if (row === undefined) throw notFound('template')
    return okWithEtag(toTemplate(row))
  },
})
