import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { Int, ref } from '../../../http/schema.ts'
import { FormKey } from '../form-parameters.ts'
import { findVersion } from '../form-queries.ts'
import { FormVersion, toFormVersion } from '../form-schemas.ts'

export const getFormVersion = defineRoute({
  method: 'GET',
  url: '/forms/:form_key/versions/:version',
  operationId: 'getFormVersion',
  summary: 'Read one version of a form',
  description: 'The form exactly as it was under this version number; a published version never changes.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({
    form_key: FormKey,
    version: Int(1, 2_147_483_647, { description: 'Version number.', examples: [1] }),
  }),
  responses: { 200: { description: 'The version.', schema: ref(FormVersion) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findVersion(ctx.db, caller.workspaceId, params.form_key, params.version)
    if (row === undefined) throw notFound('form version')
    return ok(toFormVersion(row))
  },
})
