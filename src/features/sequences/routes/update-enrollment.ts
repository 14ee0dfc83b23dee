import { Type } from 'typebox'
import { okWithEtag } from '../../../http/answers.ts'
import { expectedVersion } from '../../../http/etag.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { ref } from '../../../http/schema.ts'
import { OUTREACH_WRITE } from '../access.ts'
import { EnrollmentDetail, EnrollmentId, EnrollmentUpdate, toEnrollmentDetail } from '../enrollment-schemas.ts'
import { changeEnrollment } from '../enrollment-service.ts'

export const updateEnrollment = defineRoute({
  method: 'PATCH',
  url: '/enrollments/:enrollment_id',
  operationId: 'updateEnrollment',
  summary: 'Pause, resume, stop or move an enrollment',
  description:
    'A paused one stands still; resumed it goes on with whatever has become due. Stopping cancels its mail that has not left. ' +
    '`version` moves it to the published version, `step_key` to another step. `If-Match` makes it conditional.',
  access: OUTREACH_WRITE,
  params: Type.Object({ enrollment_id: EnrollmentId }),
  body: ref(EnrollmentUpdate),
  responses: { 200: { description: 'The enrollment as it is now.', schema: ref(EnrollmentDetail) } },
  problems: [404, 409, 412, 422],
  handle: async (ctx, { caller, params, body, request }) => {
    const id = requireId('enrollment', params.enrollment_id)
    const { row, visits } = await changeEnrollment(ctx, caller, id, body, expectedVersion(request))
    return okWithEtag(toEnrollmentDetail(row, visits))
  },
})
