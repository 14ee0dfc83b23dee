/** Shapes of releasing many submissions at once. */
import type { FastifyRequest } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { Problem, problemDocument } from '../../http/problem.ts'
import { ClosedEnum, component, Id, Int, input, List, NullableRef, ref } from '../../http/schema.ts'
import type { ReleaseOutcome } from './quarantine-service.ts'

export const ReleaseRequest = input('FormSubmissionRelease', 'Which submissions to release.', {
  submission_ids: List(Id('submission', { description: 'Id of a submission.' }), 200, {
    description: 'Submissions to release.',
    minItems: 1,
  }),
})

const ReleaseResult = component('FormSubmissionReleaseResult', 'What became of one submission.', {
  index: Int(0, 199, { description: 'Place in the request.' }),
  status: Int(200, 599, { description: 'Status that this one would have had alone.', examples: [202] }),
  outcome: ClosedEnum(['released', 'failed'], { description: 'Whether it was released.' }),
  id: Id('submission', { description: 'Id of the submission.' }),
  error: NullableRef(Problem, 'Why not, null when it was.'),
})

export const ReleaseResults = component('FormSubmissionReleaseResults', 'One result for each submission.', {
  results: List(ref(ReleaseResult), 200, { description: 'In the order of the request.' }),
  succeeded: Int(0, 200, { description: 'How many were released.', examples: [1] }),
  failed: Int(0, 200, { description: 'How many were not.', examples: [0] }),
})

/** The wire form of the outcomes. */
export function toReleaseResults(ctx: Ctx, request: FastifyRequest, outcomes: ReleaseOutcome[]) {
  const where = {
    path: request.url.split('?')[0] ?? '',
    requestId: request.id,
    base: ctx.config.PUBLIC_URL ?? `${request.protocol}://${request.host}`,
  }
  const results = outcomes.map(({ id, error }, index) => ({
    index,
    status: error === null ? 202 : error.status,
    outcome: error === null ? ('released' as const) : ('failed' as const),
    id: encodeTypeId('submission', id),
    error: error === null ? null : problemDocument(error, where),
  }))
  const failed = outcomes.filter(({ error }) => error !== null).length
  return { results, succeeded: outcomes.length - failed, failed }
}
