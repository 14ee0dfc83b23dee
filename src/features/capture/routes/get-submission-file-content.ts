import { Type } from 'typebox'
import { notFound } from '../../../errors.ts'
import { requireId } from '../../../http/id-parameter.ts'
import { defineRoute } from '../../../http/route.ts'
import { Id } from '../../../http/schema.ts'
import { attachmentHeaders } from '../attachment.ts'
import { findSubmissionFile } from '../submission-queries.ts'

/** The most that UPLOAD_LIMIT_BYTES may be. */
const MOST_BYTES = 104_857_600

export const getSubmissionFileContent = defineRoute({
  method: 'GET',
  url: '/form-submissions/:submission_id/files/:file_id/content',
  operationId: 'getSubmissionFileContent',
  summary: 'Download a file of a submission',
  description:
    'The bytes as they were sent, always as an attachment of no particular type: what a visitor calls a picture may be a page with scripts.',
  access: {
    auth: 'secret',
    scope: 'forms:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  params: Type.Object({
    submission_id: Id('submission', { description: 'Id of the submission.' }),
    file_id: Id('file', { description: 'Id of the file.' }),
  }),
  responses: {
    200: {
      description: 'The bytes.',
      schema: Type.Unsafe<Buffer>({
        type: 'string',
        format: 'binary',
        maxLength: MOST_BYTES,
        description: 'The bytes of the file.',
      }),
      contentType: 'application/octet-stream',
    },
  },
  problems: [404],
  handle: async (ctx, { caller, params }) => {
    const submissionId = requireId('submission', params.submission_id)
    const file = await findSubmissionFile(ctx.db, caller.workspaceId, submissionId, requireId('file', params.file_id))
    if (file === undefined) throw notFound('file')
    return { status: 200, body: file.content, headers: attachmentHeaders(file.file_name) }
  },
})
