import { BATCH_BYTES, BatchResult, multiStatus } from '../../../http/batch.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_POST } from '../access.ts'
import { EnrollmentCreate } from '../enrollment-schemas.ts'
import { enroll } from '../enrollment-service.ts'

export const createEnrollments = defineRoute({
  method: 'POST',
  url: '/enrollments',
  operationId: 'createEnrollments',
  summary: 'Enroll leads in a sequence',
  description:
    'Up to 200 leads enter the published version. Always 207, one result for each, in order: `unchanged` names the enrollment of a ' +
    'lead that is inside already; archived leads, those who opted out, those who have reached the goal or meet an exit, and those whom the re-entry policy or ' +
    'the entry condition refuses fail alone.',
  access: OUTREACH_POST,
  body: ref(EnrollmentCreate),
  bodyLimit: BATCH_BYTES,
  responses: { 207: { description: 'One result for each lead.', schema: ref(BatchResult) } },
  problems: [422],
  handle: async (ctx, { caller, body: { sequence_key, lead_ids }, describe }) => {
    const uuids = lead_ids.map((id) => requireId('lead', id))
    return multiStatus(await enroll(ctx, caller, sequence_key, uuids), describe)
  },
})
