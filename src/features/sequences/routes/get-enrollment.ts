import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_READ } from '../access.ts'
import { EnrollmentDetail, EnrollmentId, toEnrollmentDetail } from '../enrollment-schemas.ts'
import { readEnrollment } from '../enrollment-service.ts'

export const getEnrollment = defineRoute({
  method: 'GET',
  url: '/enrollments/:enrollment_id',
  operationId: 'getEnrollment',
  summary: 'Read an enrollment',
  description: 'Where a lead stands in a sequence, and every step that it took with what came of it.',
  access: OUTREACH_READ,
  params: Type.Object({ enrollment_id: EnrollmentId }),
  responses: { 200: { description: 'The enrollment.', schema: ref(EnrollmentDetail) } },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const id = requireId('enrollment', params.enrollment_id)
    const { row, visits } = await readEnrollment(ctx, caller.workspaceId, id)
    return okWithEtag(toEnrollmentDetail(row, visits))
  },
})
