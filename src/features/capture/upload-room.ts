/**
 * Memory for uploads: files are held until they are stored, so what all of them may take together is bounded. A body that
 * announces more than its form takes is refused before it is read.
 */
import type { FastifyRequest } from 'fastify'
import { type Ctx, perCtx } from '../../ctx.ts'
import type { FormDefinition } from '../../domain/form.ts'
import { ApiError } from '../../errors.ts'

/** A quarter of what a process may use (F19): about six of the largest uploads at once. */
const MOST_BYTES = 134_217_728
/** Boundaries and part headers. */
const OVERHEAD_BYTES = 65_536

const taken = perCtx(() => ({ bytes: 0 }))

/** Runs `work` with room for the body of a multipart request; 413 when it is too large, 503 when there is no room now. */
export async function withUploadRoom<T>(
  ctx: Ctx,
  form: FormDefinition,
  request: FastifyRequest,
  work: () => Promise<T>,
): Promise<T> {
  const limit = largestBody(ctx, form)
  const size = Number(request.headers['content-length'] ?? limit)
  if (size > limit)
    throw new ApiError('payload_too_large', `A submission of this form may have at most ${limit} bytes.`)
  const room = taken(ctx)
  if (room.bytes + size > MOST_BYTES)
    throw new ApiError('unavailable', 'Too many uploads at once; send this one again.', {
      headers: { 'retry-after': '5' },
    })
  room.bytes += size
  try {
    return await work()
  } finally {
    room.bytes -= size
  }
}

function largestBody({ config }: Ctx, form: FormDefinition): number {
  const files = form.fields
    .filter((field) => field.type === 'file')
    .reduce((sum, field) => sum + field.max_files * Math.min(field.max_bytes ?? Infinity, config.UPLOAD_LIMIT_BYTES), 0)
  return config.SUBMISSION_LIMIT_BYTES + OVERHEAD_BYTES + Math.min(files, config.UPLOAD_TOTAL_LIMIT_BYTES)
}
