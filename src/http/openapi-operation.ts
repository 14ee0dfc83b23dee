/** What the published document says about every operation beyond its schemas: who may call it, headers, problems. */
import { HEADER_LENGTH, HEADER_PATTERN, headerRefs, problemRef } from './openapi-shared.ts'
import type { Operation, Parameter, Response, Schema } from './openapi-types.ts'
import { refName } from './openapi-types.ts'
import type { Route } from './route.ts'

/** Completes one operation that the collector made from a route; `schemas` are the components it may refer to. */
export function finishOperation(operation: Operation, route: Route, schemas: Record<string, Schema>): void {
  const { access } = route
  if (access.auth === 'public') operation['security'] = [{ publishableKey: [] }, {}]
  if (access.auth === 'open') operation['security'] = []
  if (access.scope !== null) {
    operation['x-required-scope'] = access.scope
    operation.description = `${operation.description}\n\nScope: \`${access.scope}\`.`
  }
  operation['x-access'] = access
  const isTagged = route.method === 'GET' && route.volatile !== true && isSingleResource(operation, schemas)
  const parameters = [...(operation.parameters ?? []).map(finishParameter), ...headerParameters(route, isTagged)]
  if (parameters.length > 0) operation.parameters = parameters
  for (const [status, response] of Object.entries(operation.responses)) {
    const hasTag = isTagged || schemaOf(response, schemas)?.properties?.['etag'] !== undefined
    finishSuccess(Number(status), response, route, hasTag)
  }
  if (isTagged) operation.responses[304] = { description: 'You have this version.', headers: headerRefs(304, ['ETag']) }
  for (const status of problemsOf(route)) operation.responses[status] ??= problemRef(status)
}

/** True for reads of one thing: they carry an entity tag and know 304. */
function isSingleResource({ responses }: Operation, schemas: Record<string, Schema>): boolean {
  const schema = schemaOf(responses[200], schemas)
  return schema !== undefined && schema.properties?.['has_more'] === undefined
}

function schemaOf(response: Response | undefined, schemas: Record<string, Schema>): Schema | undefined {
  const ref = response?.content?.['application/json']?.schema.$ref
  return ref === undefined ? undefined : schemas[refName(ref)]
}

function finishParameter(parameter: Parameter): Parameter {
  const { schema } = parameter
  const item = schema.items?.examples?.[0]
  return {
    ...parameter,
    // A parameter with a default is not required of the caller, whatever its type says.
    required: schema['default'] === undefined && parameter.required,
    ...(parameter.example === undefined && item !== undefined && { example: [item] }),
  }
}

interface HeaderRule {
  name: string
  example: string
  description: string
  isTaken(route: Route, isTagged: boolean): boolean
}

const HEADER_PARAMETERS: HeaderRule[] = [
  {
    name: 'Idempotency-Key',
    example: 'order-4711-retry-1',
    description:
      'A repeated request with the same key is done once and answered alike, for 72 hours. 1 to 255 visible ASCII characters.',
    isTaken: ({ access }) => access.idempotent,
  },
  {
    name: 'If-Match',
    example: '"v1"',
    description: 'ETag of the version that you read; 412 when the object has changed since.',
    isTaken: ({ problems }) => problems?.includes(412) === true,
  },
  {
    name: 'If-None-Match',
    example: '*',
    description: '`*` creates only: 412 when the object exists.',
    isTaken: ({ method, responses }) => method === 'PUT' || (method === 'PATCH' && responses[201] !== undefined),
  },
  {
    name: 'If-None-Match',
    example: '"v1"',
    description: 'ETag that you have; 304 when nothing has changed.',
    isTaken: (_route, isTagged) => isTagged,
  },
  {
    name: 'Prefer',
    example: 'wait=5',
    description: '`wait=N` waits up to N seconds (30 at most) for the outcome.',
    isTaken: ({ waits }) => waits === true,
  },
]

function headerParameters(route: Route, isTagged: boolean): Parameter[] {
  const schema = { type: 'string', maxLength: HEADER_LENGTH, pattern: HEADER_PATTERN }
  return HEADER_PARAMETERS.filter(({ isTaken }) => isTaken(route, isTagged)).map(({ isTaken: _, ...header }) => ({
    in: 'header',
    required: false,
    schema,
    ...header,
  }))
}

function finishSuccess(status: number, response: Response, { access }: Route, hasTag: boolean): void {
  // @fastify/swagger writes a body for "no content".
  if (status === 204 || status === 303) delete response.content
  response.headers = headerRefs(status, [
    ...(status === 201 || status === 303 ? ['Location'] : []),
    ...(hasTag ? ['ETag'] : []),
    ...(access.idempotent && access.auth === 'secret' ? ['Idempotent-Replayed'] : []),
  ])
}

/** Problems that this operation can answer with. */
function problemsOf({ access, body, problems = [] }: Route): number[] {
  const all = new Set([400, 429, 500, 503, ...problems])
  if (access.auth !== 'open') all.add(401)
  if (access.auth === 'secret') all.add(403).add(406)
  // The key is in use, or was used for another request.
  if (access.idempotent && access.auth === 'secret') all.add(409).add(422)
  if (body !== undefined) all.add(413).add(415)
  return [...all]
}
