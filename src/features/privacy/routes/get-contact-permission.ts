import { Type } from 'typebox'
import { CONSENT_CHANNELS } from '../../../domain/consent.ts'
import { ok } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { requireMoment } from '../../../http/moment-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ClosedEnum, Id, query, ref, Slug, Timestamp } from '../../../http/schema.ts'
import { ContactPermission, toContactPermission } from '../consent-schemas.ts'
import { decidePermission } from '../consent-service.ts'

export const getContactPermission = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/contact-permission',
  operationId: 'getContactPermission',
  summary: 'Ask whether a lead may be contacted',
  description:
    'May this person be contacted for a purpose on a channel at a moment, and why: the latest entry of the ledger up to that moment decides; ' +
    'of two at the same moment the withdrawal. An empty check box is no withdrawal. Any past moment can be asked about.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  query: query({
    purpose: Slug({ description: 'What for.', examples: ['marketing'] }),
    channel: ClosedEnum(CONSENT_CHANNELS, {
      description: 'How. `any` asks for a consent to every channel.',
      examples: ['email'],
    }),
    at: Type.Optional(Timestamp({ description: 'When; now when left out.' })),
  }),
  responses: { 200: { description: 'The decision.', schema: ref(ContactPermission) } },
  problems: [404],
  volatile: true,
  handle: async (ctx, { caller, params, query: { purpose, channel, at } }) => {
    const leadId = requireId('lead', params.lead_id)
    const moment = requireMoment('at', at)
    const question = { purpose, channel, at: moment === null ? ctx.now() : new Date(moment) }
    return ok(toContactPermission(await decidePermission(ctx, caller.workspaceId, leadId, question)))
  },
})
