import { Type } from 'typebox'
import { created, okWithEtag } from '../../../http/answers.ts'
import { expectedVersion, isCreateOnly } from '../../../http/etag.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref, Slug, Text } from '../../../http/schema.ts'
import { toLeadAnswer } from '../lead-answer.ts'
import { Lead, LeadUpsert } from '../lead-schemas.ts'
import { upsertLead as upsert } from '../lead-service.ts'

export const upsertLeadByExternalId = defineRoute({
  method: 'PATCH',
  url: '/leads/by-external-id/:system/:external_id',
  operationId: 'upsertLeadByExternalId',
  summary: 'Create or change a lead by its id in another system',
  description:
    'Changes the lead that has this id (JSON merge patch), or makes one: 201 when it is new, 200 otherwise, also when nothing changed. ' +
    'A new id whose e-mail is known joins that lead (`on_duplicate`), unless the lead has another id of the same system: then 409. ' +
    '`If-None-Match: *` only creates, `create_if_missing=false` only changes. Equal requests at the same moment make one lead. ' +
    'An archived lead comes back, unless the request says `archived` itself or `create_if_missing=false`.',
  access: {
    auth: 'secret',
    scope: 'leads:write',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({
    system: Slug({ description: 'Key of the other system.', examples: ['hubspot'] }),
    external_id: Text(255, { description: 'Id there.', examples: ['0015f00001abcde'], minLength: 1 }),
  }),
  query: query({
    create_if_missing: Type.Boolean({
      default: true,
      description: 'False answers 404 instead of making a lead.',
      examples: [true],
    }),
  }),
  body: ref(LeadUpsert),
  responses: {
    200: { description: 'The lead as it is now.', schema: ref(Lead) },
    201: { description: 'The new lead.', schema: ref(Lead) },
  },
  problems: [404, 409, 412, 422],
  handle: async (ctx, { caller, params, query: { create_if_missing }, body: { on_duplicate, ...input }, request }) => {
    const result = await upsert(ctx, caller, params, input, {
      onDuplicate: on_duplicate,
      expectedVersion: expectedVersion(request),
      createOnly: isCreateOnly(request),
      createIfMissing: create_if_missing,
    })
    const lead = await toLeadAnswer(ctx, caller.workspaceId, result.lead)
    return result.created ? created(lead, `/v1/leads/${lead.id}`) : okWithEtag(lead)
  },
})
