/** From an HTTP request to an arrival: fields of four media types, files apart, and the context that came along. */
import type { FastifyRequest } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import type { SubmissionContext, SubmissionPayload } from '../../domain/submission.ts'
import { ApiError } from '../../errors.ts'
import type { AddressedForm } from './form-address.ts'
import { readContext, readEvidence, splitReserved } from './read-context.ts'
import { readMultipart } from './read-multipart.ts'
import type { SubmissionFile } from './submission-queries.ts'
import { withUploadRoom } from './upload-room.ts'

export interface Received {
  payload: SubmissionPayload
  files: SubmissionFile[]
  context: SubmissionContext
  /** `_redirect` of the form: where the visitor wants to go on. */
  redirect: string | null
}

/** Reads fields, files and context of a submission. */
export async function readArrival(ctx: Ctx, form: AddressedForm, request: FastifyRequest): Promise<Received> {
  const { values, files } = request.isMultipart()
    ? await withUploadRoom(ctx, form.definition, request, () => readMultipart(request, form.definition, ctx.config))
    : { values: readBody(request, ctx.config.SUBMISSION_LIMIT_BYTES), files: [] }
  const { payload, reserved } = splitReserved(values)
  const evidence = readEvidence(ctx.secret, form, form.definition.spam, reserved, ctx.now())
  const context = readContext(request, payload, reserved)
  return {
    payload,
    files,
    context: evidence === null ? context : { ...context, evidence },
    redirect: reserved['_redirect'] || null,
  }
}

function readBody(request: FastifyRequest, limit: number): Record<string, unknown> {
  const { body } = request
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('validation_failed', 'The body must be an object of fields.', {
      items: [{ code: 'invalid_type', detail: 'Must be an object.', pointer: '', parameter: null }],
    })
  }
  // A body in chunks does not say its length beforehand; its JSON is about as long as it was.
  const announced = request.headers['content-length']
  const size = announced === undefined ? Buffer.byteLength(JSON.stringify(body)) : Number(announced)
  if (size > limit) throw new ApiError('payload_too_large', `A submission may have at most ${limit} bytes.`)
  // Every parser of this route makes plain objects.
  return body as Record<string, unknown>
}
