import { Type } from 'typebox'
import { afterCommit } from '../../../ctx.ts'
import { created, okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { FormKey } from '../form-parameters.ts'
import { Form, FormUpdate, toDefinition, toForm } from '../form-schemas.ts'
import { saveFormDefinition } from '../form-service.ts'
import { formAddresses } from '../public-form.ts'

export const putForm = defineRoute({
  method: 'PUT',
  url: '/forms/:form_key',
  operationId: 'putForm',
  summary: 'Create or replace a form',
  description:
    'Publishes a new version. An existing form needs `If-Match` with the ETag that you read (428 without it, 412 when it has changed); ' +
    '`If-None-Match: *` only creates. The same definition again changes nothing. Submissions keep the version that received them. ' +
    '422 when a field maps to a criterion that the lifecycle does not have, or to a custom field that nobody defined while `allow_unknown_custom_fields` is off. ' +
    'A form is never deleted, so that they stay readable: `status: disabled` retires it.',
  access: {
    auth: 'secret',
    scope: 'forms:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  params: Type.Object({ form_key: FormKey }),
  body: ref(FormUpdate),
  responses: {
    200: { description: 'The form as it is now.', schema: ref(Form) },
    201: { description: 'The new form.', schema: ref(Form) },
  },
  problems: [412, 422, 428],
  handle: async (ctx, { caller, params, body, request }) => {
    const expected = { ifMatchVersion: expectedVersion(request), createOnly: isCreateOnly(request) }
    const saved = await saveFormDefinition(
      ctx,
      caller,
      params.form_key,
      toDefinition(body),
      expected,
      body.challenge_secret,
    )
    afterCommit(ctx, () => formAddresses(ctx).forget())
    const form = toForm(saved.form)
    return saved.created ? created(form, `/v1/forms/${form.form_key}`) : okWithEtag(form)
  },
})
