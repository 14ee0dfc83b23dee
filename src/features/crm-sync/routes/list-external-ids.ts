import { encodeTypeId } from '../../../domain/type-id.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { query, ref, Slug, Text } from '../../../http/schema.ts'
import { listByExternalId } from '../external-id-queries.ts'
import { ExternalIdMatches } from '../external-id-schemas.ts'

export const listExternalIds = defineRoute({
  method: 'GET',
  url: '/external-ids',
  operationId: 'listExternalIds',
  summary: 'Find records by their id in another system',
  description: 'The lead and the account that have this id; an empty list when nobody has it.',
  access: {
    auth: 'secret',
    scope: 'integrations:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    system: Slug({ description: 'Key of the other system.', examples: ['hubspot'] }),
    external_id: Text(255, { description: 'Id there.', examples: ['0015f00001abcde'], minLength: 1 }),
  }),
  responses: { 200: { description: 'The records.', schema: ref(ExternalIdMatches) } },
  handle: async (ctx, { caller, query: { system, external_id } }) => {
    const found = await listByExternalId(ctx.db, caller.workspaceId, system, external_id)
    return ok({ data: found.map(({ object, id }) => ({ object, id: encodeTypeId(object, id) })) })
  },
})
