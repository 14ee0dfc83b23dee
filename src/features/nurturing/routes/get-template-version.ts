import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { Int, ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { findTemplateVersion } from '../template-queries.ts'
import { TemplateKey, TemplateVersion, toTemplateVersion } from '../template-schemas.ts'

export const getTemplateVersion = defineRoute({
  method: 'GET',
  url: '/templates/:template_key/versions/:version',
  operationId: 'getTemplateVersion',
  summary: 'Read one version of a template',
  description: 'The template exactly as it was under this version number.',
  access: OUTREACH_READ,
  params: Type.Object({
    template_key: TemplateKey,
    version: Int(1, 2_147_483_647, { description: 'Version number.', examples: [1] }),
  }),
  responses: { 200: { description: 'The version.', schema: ref(TemplateVersion) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findTemplateVersion(ctx.db, caller.workspaceId, params.template_key, params.version)
    if (row === undefined) throw notFound('template version')
    return ok(toTemplateVersion(row))
  },
})
