import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { findConsent } from '../consent-queries.ts'
import { ConsentEntry, toConsentEntry } from '../consent-schemas.ts'

export const getConsent = defineRoute({
  method: 'GET',
  url: '/consents/:consent_id',
  operationId: 'getConsent',
  summary: 'Read one entry of the consent ledger',
  description: 'One grant or withdrawal with its whole proof. It never changes.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ consent_id: Id('consent', { description: 'Id of the entry.' }) }),
  responses: { 200: { description: 'The entry.', schema: ref(ConsentEntry) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const row = await findConsent(ctx.db, caller.workspaceId, requireId('consent', params.consent_id))
    if (row === undefined) throw notFound('consent')
    return ok(toConsentEntry(row))
  },
})
