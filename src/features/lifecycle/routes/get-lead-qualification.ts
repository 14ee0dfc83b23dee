import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id, ref } from '../../../http/schema.ts'
import { LeadQualification } from '../qualification-schemas.ts'
import { readQualification } from '../qualification-service.ts'

export const getLeadQualification = defineRoute({
  method: 'GET',
  url: '/leads/:lead_id/qualification',
  operationId: 'getLeadQualification',
  summary: 'Read the qualification of a lead',
  description:
    'Every answer with its evidence and how it counts now, and the verdict of every framework (BANT and others) of the lifecycle.',
  access: {
    auth: 'secret',
    scope: 'leads:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({ lead_id: Id('lead', { description: 'Id of the lead.' }) }),
  responses: { 200: { description: 'Answers and verdicts.', schema: ref(LeadQualification) } },
  problems: [404],
  volatile: true,
  handle: async (ctx, { caller, params }) =>
    okWithEtag(await readQualification(ctx, caller.workspaceId, requireId('lead', params.lead_id))),
})
