/** RFC 9457 problem documents: one shape for every answer that is not a success. */
import { Type } from 'typebox'
import { type ApiError, PROBLEMS, type ProblemCode, type ProblemItem } from '../errors.ts'
import { component, Int, List, Nullable, ref, Text } from './schema.ts'

export const ProblemItemSchema = component('ProblemItem', 'One faulty part of a request.', {
  code: Text(64, { description: 'Stable code of the rule that was broken.', examples: ['invalid_format'] }),
  detail: Text(1000, { description: 'The rule in words.', examples: ['Not an e-mail address.'] }),
  pointer: Nullable(
    Text(1000, {
      description: 'RFC 6901 pointer into the body, null when another part is meant.',
      examples: ['/email'],
    }),
  ),
  parameter: Nullable(Text(300, { description: 'Name of the query, path or header parameter.', examples: [null] })),
})

export const Problem = component('Problem', 'Problem details (RFC 9457); `code` is what programs act on.', {
  type: Type.String({
    format: 'uri',
    maxLength: 300,
    description: 'Page that explains the code.',
    examples: ['https://leadwell.dev/problems/validation_failed'],
  }),
  title: Text(200, {
    description: 'Short name of the problem, in the language of the caller.',
    examples: ['Validation failed'],
  }),
  status: Int(400, 599, { description: 'HTTP status.', examples: [400] }),
  detail: Text(2000, { description: 'What is wrong this time, and what to do.', examples: ['2 fields are invalid.'] }),
  instance: Text(2048, { description: 'Path of the request.', examples: ['/v1/leads'] }),
  code: Type.String({
    maxLength: 64,
    pattern: '^[a-z_]*$',
    'x-extensible-enum': Object.keys(PROBLEMS),
    description: 'Open enum. Stable code of the problem.',
    examples: ['validation_failed'],
  }),
  request_id: Text(64, { description: 'Quote this when you ask for help.', examples: ['req_9f2c'] }),
  errors: List(ref(ProblemItemSchema), 100, {
    description: 'Each faulty part, where there are several or a place to name.',
  }),
})

/** Most parts a document names; a hostile body could have thousands. */
const MAX_ITEMS = 50

/** The document for one failure of one request. */
export function problemDocument(
  error: ApiError,
  where: { path: string; requestId: string; base: string },
): Record<string, unknown> {
  return {
    type: problemType(error.code, where.base),
    title: PROBLEMS[error.code].title,
    status: error.status,
    detail: error.message,
    instance: where.path.slice(0, 2048),
    code: error.code,
    request_id: where.requestId,
    errors: error.items.slice(0, MAX_ITEMS) satisfies ProblemItem[],
    ...error.extra,
  }
}

/** Address of the page that explains a code. */
export function problemType(code: ProblemCode, base: string): string {
  return `${base}/problems/${code}`
}
