/** What operations have in common in the published document: problem answers and headers. */
import { PROBLEMS } from '../errors.ts'
import type { Json, Response } from './openapi-types.ts'

/** Component of each problem status; operations refer to it, so a client has one type for all failures. */
const RESPONSE_NAMES: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  412: 'PreconditionFailed',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Unprocessable',
  428: 'PreconditionRequired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'Unavailable',
}

/** Headers of every answer, problems included. */
const COMMON_HEADERS = ['X-Request-Id', 'Api-Version', 'Access-Control-Allow-Origin']
/** The budget is told as soon as it is known whose it is: a service in trouble may fail before. */
const BUDGET_HEADERS = ['RateLimit', 'RateLimit-Policy']

const MORE_PROBLEM_HEADERS: Record<number, string[]> = {
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

/** A reference to the shared answer of a problem status. */
export function problemRef(status: number): Response {
  const name = RESPONSE_NAMES[status]
  if (name === undefined) throw new Error(`no shared response for status ${status}`)
  return { $ref: `#/components/responses/${name}` }
}

/** References to shared headers: those of every answer with this status, and these. */
export function headerRefs(status: number, more: string[] = []): Record<string, Json> {
  const names = [...COMMON_HEADERS, ...(status < 500 ? BUDGET_HEADERS : []), ...more]
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** The shared answers that operations refer to; a component that nobody uses is noise in every generated client. */
export function sharedResponses(used: Set<string>): Record<string, Response> {
  const entries = Object.entries(RESPONSE_NAMES).filter(([, name]) => used.has(name))
  return Object.fromEntries(entries.map(([status, name]) => [name, problemResponse(Number(status))]))
}

function problemResponse(status: number): Response {
  const codes = Object.entries(PROBLEMS).filter(([, problem]) => problem.status === status)
  const titles = codes.map(([code, { title }]) => `\`${code}\` (${title})`)
  return {
    description: `Problem with one of these codes: ${titles.join(', ')}.`,
    headers: headerRefs(status, MORE_PROBLEM_HEADERS[status]),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

/** Most characters of a header value that we send or read; an address of a success page is the longest. */
export const HEADER_LENGTH = 2048
export const HEADER_PATTERN = '^[\\x20-\\x7e]*$'

const HEADERS: Record<string, [string, string]> = {
  'X-Request-Id': ['Id of the request; yours when you sent one.', 'req_01k8r5x4q3e7vb2c9m6h0n1d5s'],
  'Api-Version': ['Version of this contract.', '1.0.0'],
  RateLimit: [
    'What is left of the budget: remaining requests and seconds until it is full again.',
    '"default";r=99;t=60',
  ],
  'RateLimit-Policy': ['The budget: requests in a window of seconds.', '"default";q=100;w=60'],
  'Retry-After': ['Seconds to wait before the next try.', '2'],
  'WWW-Authenticate': ['How to authenticate.', 'Bearer realm="leadwell"'],
  Location: ['Address of the result.', '/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s'],
  ETag: ['Tag of this version; the same as `etag` in the body where there is one.', '"v3"'],
  'Idempotent-Replayed': ['`true` when this is the answer to an earlier request with the same key.', 'true'],
  'Access-Control-Allow-Origin': [
    'The origin of the page, where the form allows it. Operations with a secret key never send it.',
    'https://shop.test',
  ],
}

/** The shared headers that are used. */
export function sharedHeaders(used: Set<string>): Record<string, Json> {
  const entries = Object.entries(HEADERS).filter(([name]) => used.has(name))
  return Object.fromEntries(
    entries.map(([name, [description, example]]) => [
      name,
      {
        description,
        schema: { type: 'string', maxLength: HEADER_LENGTH, pattern: HEADER_PATTERN, examples: [example] },
      },
    ]),
  )
}
