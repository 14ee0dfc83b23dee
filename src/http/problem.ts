/** RFC 9457 problem documents: one shape for every answer that is not a success. */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type ApiError, PROBLEMS, type ProblemCode, type ProblemItem } from '../errors.ts'
import { chooseLanguage, type Language } from './accept-language.ts'
import { titleOf } from './problem-titles.ts'
import type { RenderedAnswer } from './rendered-answer.ts'
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
  existing_id: Type.Optional(
    Text(64, {
      description: 'Only with `duplicate`: the record that is there.',
      examples: ['lead_01k8r5x4q3e7vb2c9m6h0n1d5s'],
    }),
  ),
  errors: List(ref(ProblemItemSchema), 100, {
    description: 'Each faulty part, where there are several or a place to name.',
  }),
})

/** Most parts a document names; a hostile body could have thousands. */
const MAX_ITEMS = 50

/** The document for one failure of one request. */
export function problemDocument(
  error: ApiError,
  where: { path: string; requestId: string; base: string; language?: Language },
): Record<string, unknown> {
  return {
    type: problemType(error.code, where.base),
    title: titleOf(error.code, where.language ?? 'en'),
    status: error.status,
    detail: error.message,
    instance: where.path.slice(0, 2048),
    code: error.code,
    request_id: where.requestId,
    errors: error.items.slice(0, MAX_ITEMS) satisfies ProblemItem[],
    ...error.extra,
  }
}

/** The document for one failure of a request, in the language of the caller. */
export function describeProblem(error: ApiError, request: FastifyRequest, base: string): Record<string, unknown> {
  const language = chooseLanguage(request.headers['accept-language'])
  const path = request.url.split('?')[0] ?? ''
  return problemDocument(error, { path, requestId: request.id, base, language })
}

/** The answer for one failure, in the language of the caller. */
export function renderProblem(error: ApiError, request: FastifyRequest, base: string): RenderedAnswer {
  const language = chooseLanguage(request.headers['accept-language'])
  return {
    status: error.status,
    headers: {
      'cache-control': 'no-store',
      // Details are written by the services, in English.
      'content-language': language === 'en' ? 'en' : `${language}, en`,
      ...error.headers,
    },
    content_type: 'application/problem+json; charset=utf-8',
    body: Buffer.from(JSON.stringify(describeProblem(error, request, base))),
  }
}

/** Address of the page that explains a code. */
export function problemType(code: ProblemCode, base: string): string {
  return `${base}/problems/${code}`
}
