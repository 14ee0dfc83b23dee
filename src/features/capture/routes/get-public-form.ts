import { Type } from 'typebox'
import { readAcceptLanguage } from '../../../domain/form-locale.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { FormAddress } from '../form-parameters.ts'
import { requireForm, requireOrigin } from '../public-form.ts'
import { LocaleParameter, PublicForm } from '../public-form-schemas.ts'
import { viewForm } from '../public-form-view.ts'

export const getPublicForm = defineRoute({
  method: 'GET',
  url: '/public/forms/:form_key',
  operationId: 'getPublicForm',
  summary: 'Read what is needed to render a form',
  description:
    'Fields, labels, consents and texts of a form in the locale of the visitor, for a page that renders it itself. No secret is needed. ' +
    'The answer belongs to one rendering: its timing token is good once.',
  access: { auth: 'public', scope: null, tenant_bound: true, idempotent: false, rate_class: 'capture', pii_out: false },
  params: Type.Object({ form_key: FormAddress }),
  query: Type.Object({ locale: LocaleParameter }),
  responses: { 200: { description: 'The public part of the form.', schema: ref(PublicForm) } },
  problems: [403, 404],
  volatile: true,
  handle: async (ctx, { params, query, request }) => {
    const form = await requireForm(ctx, params.form_key, request)
    requireOrigin(form, request)
    const wanted = query.locale === undefined ? [] : [query.locale]
    const view = viewForm(ctx, form, [...wanted, ...readAcceptLanguage(request.headers['accept-language'])])
    return ok(view, {
      'cache-control': 'no-store',
      'content-language': view.locale,
      vary: 'Accept-Language, Origin',
    })
  },
})
