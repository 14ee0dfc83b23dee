/**
 * The published OpenAPI 3.1 document: what @fastify/swagger collects from the routes, plus what every operation shares
 * (problems, security, limits, headers) and what generators need (api.md 3).
 */
import { PROBLEMS } from '../errors.ts'
import type { Access } from './access.ts'
import type { Room, Route } from './route.ts'

type Json = Record<string, unknown>

interface Operation extends Json {
  operationId: string
  description?: string
  parameters?: { in: string; name: string; required?: boolean; schema?: Json }[]
  responses: Record<string, Json>
}

export const API_VERSION = '1.0.0'

/** Document parts that do not come from routes. */
export function openapiBase(rooms: Room[], url: string): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Leadwell',
      version: API_VERSION,
      summary: 'Headless lead management.',
      description:
        'Captures leads from forms and other systems, matches and judges them, and keeps other systems in step. ' +
        'Ids are opaque, times are RFC 3339 in UTC, every failure is a problem document (RFC 9457) whose `code` programs act on. ' +
        'Clients ignore properties that they do not know.',
      contact: { name: 'Leadwell', url: 'https://leadwell.dev' },
      license: { name: 'Proprietary', identifier: 'LicenseRef-Leadwell' },
    },
    servers: [{ url, description: 'This installation (production).', 'x-internal': false }],
    tags: rooms.map(({ tag, description }) => ({ name: tag, description })),
    components: {
      securitySchemes: {
        secretKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A secret (`sk_…`) or restricted (`rk_…`) key. Never put it into a page.',
        },
        publishableKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A publishable key (`pk_…`), good for capture only; it may stand in a page.',
        },
      },
    },
    security: [{ secretKey: [] }],
  }
}

/** Problems that any operation with these manners can answer with. */
function sharedProblems(access: Access, hasBody: boolean): number[] {
  const problems = [400, 429, 500, 503]
  if (access.auth !== 'open') problems.push(401)
  if (access.auth === 'secret') problems.push(403)
  if (hasBody) problems.push(413, 415)
  return problems
}

const RESPONSE_NAMES: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
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

/** Finishes the document that the plugin collected. */
export function finishOpenapi(document: Json, rooms: Room[]): Json {
  const routes = new Map(rooms.flatMap((room) => room.routes).map((route) => [route.operationId, route]))
  for (const path of Object.values(document['paths'] as Record<string, Record<string, Operation>>)) {
    for (const operation of Object.values(path)) {
      const route = routes.get(operation.operationId)
      if (route !== undefined) finishOperation(operation, route)
    }
  }
  const components = document['components'] as Json
  components['responses'] = sharedResponses()
  components['headers'] = sharedHeaders()
  dropRequestDefaults(components['schemas'] as Record<string, Json>)
  return document
}

function finishOperation(operation: Operation, route: Route): void {
  const { access } = route
  if (access.auth === 'public') operation['security'] = [{ publishableKey: [] }, {}]
  if (access.auth === 'open') operation['security'] = []
  if (access.scope !== null) {
    operation['x-required-scope'] = access.scope
    operation.description = `${operation.description ?? ''}\n\nScope: \`${access.scope}\`.`
  }
  operation['x-access'] = access
  for (const parameter of operation.parameters ?? []) {
    // A parameter with a default is not required of the caller, whatever its type says.
    if (parameter.schema?.['default'] !== undefined) parameter.required = false
  }
  addHeaderParameters(operation, route)
  for (const [status, response] of Object.entries(operation.responses)) addResponseHeaders(Number(status), response)
  for (const status of [...sharedProblems(access, route.body !== undefined), ...(route.problems ?? [])].sort()) {
    operation.responses[status] ??= { $ref: `#/components/responses/${RESPONSE_NAMES[status] ?? 'BadRequest'}` }
  }
}

function addHeaderParameters(operation: Operation, route: Route): void {
  const add = (name: string, description: string, example: string) => {
    const schema = { type: 'string', maxLength: 300, pattern: '^[\\x20-\\x7e]*$', examples: [example] }
    operation.parameters = [
      ...(operation.parameters ?? []),
      { in: 'header', name, required: false, description, schema } as never,
    ]
  }
  if (route.access.idempotent)
    add('Idempotency-Key', 'A repeated request with the same key is done once and answered alike.', '7f6d1c0e-retry-1')
  if (route.problems?.includes(412))
    add('If-Match', 'ETag that you read; 412 when the object has changed since.', '"v3"')
  if (route.method === 'PUT') add('If-None-Match', '`*` creates only.', '*')
  if (route.operationId === 'submitForm' || route.operationId === 'reprocessFormSubmission') {
    add('Prefer', '`wait=N` waits up to N seconds (30 at most) for the outcome.', 'wait=5')
  }
}

function addResponseHeaders(status: number, response: Json): void {
  const headers: Json = (response['headers'] as Json | undefined) ?? {}
  for (const name of ['X-Request-Id', 'Api-Version', 'RateLimit', 'RateLimit-Policy'])
    headers[name] = { $ref: `#/components/headers/${name}` }
  if (status === 201 || status === 303) headers['Location'] = { $ref: '#/components/headers/Location' }
  response['headers'] = headers
  // @fastify/swagger writes a body for "no content".
  if (status === 204) delete response['content']
}

function sharedResponses(): Json {
  const responses: Json = {}
  for (const [status, name] of Object.entries(RESPONSE_NAMES)) {
    const codes = Object.entries(PROBLEMS).filter(([, problem]) => problem.status === Number(status))
    const headers: Json = {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      RateLimit: { $ref: '#/components/headers/RateLimit' },
    }
    if (status === '429' || status === '503') headers['Retry-After'] = { $ref: '#/components/headers/Retry-After' }
    if (status === '401') headers['WWW-Authenticate'] = { $ref: '#/components/headers/WWW-Authenticate' }
    responses[name] = {
      description: `${codes[0]?.[1].title ?? name}. Codes: ${codes.map(([code]) => `\`${code}\``).join(', ')}.`,
      headers,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }
  }
  return responses
}

function sharedHeaders(): Json {
  const text = (description: string, example: string) => ({
    description,
    schema: { type: 'string', maxLength: 300, pattern: '^[\\x20-\\x7e]*$', examples: [example] },
  })
  return {
    'X-Request-Id': text('Id of the request; yours when you sent one.', 'req_01k8r5x4q3e7vb2c9m6h0n1d5s'),
    'Api-Version': text('Version of this contract.', API_VERSION),
    RateLimit: text(
      'What is left of the budget: remaining requests and seconds until it is full again.',
      '"default";r=99;t=60',
    ),
    'RateLimit-Policy': text('The budget: requests in a window of seconds.', '"default";q=100;w=60'),
    'Retry-After': text('Seconds to wait before the next try.', '2'),
    'WWW-Authenticate': text('How to authenticate.', 'Bearer realm="leadwell"'),
    Location: text('Address of the result.', '/v1/leads/lead_01k8r5x4q3e7vb2c9m6h0n1d5s'),
  }
}

/** Defaults in request bodies make generators take the property as required (G14); they are told in the descriptions. */
function dropRequestDefaults(schemas: Record<string, Json>): void {
  for (const schema of Object.values(schemas)) {
    for (const property of Object.values((schema['properties'] ?? {}) as Record<string, Json>))
      delete property['default']
  }
}
