import { toSuppression } from '../../../domain/mail/suppression-row.ts'
import { ApiError } from '../../../errors.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_POST_PEOPLE } from '../access.ts'
import { Suppression, SuppressionCreate } from '../suppression-schemas.ts'
import { addSuppressions } from '../suppression-service.ts'

export const createSuppression = defineRoute({
  method: 'POST',
  url: '/suppressions',
  operationId: 'createSuppression',
  summary: 'Add a suppression',
  description:
    'From this moment no mail that it covers is handed over; one that holds already stays as it is. An address is compared as its provider does ' +
    '(dots of Gmail, tags), a domain with its subdomains.',
  access: OUTREACH_POST_PEOPLE,
  body: ref(SuppressionCreate),
  responses: {
    200: { description: 'The suppression that holds already.', schema: ref(Suppression) },
    201: { description: 'The new suppression.', schema: ref(Suppression) },
  },
  handle: async (ctx, { caller, body }) => {
    const [added] = await addSuppressions(ctx, caller, [body])
    if (added === undefined || added instanceof ApiError) throw added
    const suppression = toSuppression(added.row)
    if (!added.created) return { status: 200, body: suppression }
    return { status: 201, body: suppression, headers: { location: `/v1/suppressions/${suppression.id}` } }
  },
})
