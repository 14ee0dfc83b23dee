import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { PublicForm, toPublicForm } from '../capture-schemas.ts'
import { FormAddress } from '../form-parameters.ts'
import { requireForm, requireOrigin } from '../public-form.ts'

export const getPublicForm = defineRoute({
  method: 'GET',
  url: '/public/forms/:form_key',
  operationId: 'getPublicForm',
  summary: 'Read what is needed to render a form',
  description: 'Fields, labels and texts of a form, for a page that renders it itself. No secret is needed.',
  access: { auth: 'public', scope: null, tenant_bound: true, idempotent: false, rate_class: 'capture', pii_out: false },
  params: Type.Object({ form_key: FormAddress }),
  responses: { 200: { description: 'The public part of the form.', schema: ref(PublicForm) } },
  problems: [403, 404],
  handle: async (ctx, { params, request }) => {
    const form = await requireForm(ctx, params.form_key, request)
    requireOrigin(form, request)
    return ok(toPublicForm(form), { 'cache-control': 'public, max-age=60' })
  },
})
