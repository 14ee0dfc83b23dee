import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { okWithEtag } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { FormKey } from '../form-parameters.ts'
import { findForm } from '../form-queries.ts'
import { Form, toForm } from '../form-schemas.ts'

export const getForm = defineRoute({
  method: 'GET',
  url: '/forms/:form_key',
  operationId: 'getForm',
  summary: 'Read a form',
  description: 'The current version of a form with its whole definition.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ form_key: FormKey }),
  responses: { 200: { description: 'The form.', schema: ref(Form) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findForm(ctx.db, caller.workspaceId, params.form_key)
    if (row === undefined) throw notFound('form')
    return okWithEtag(toForm(row))
  },
})
