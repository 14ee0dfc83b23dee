/** What client generators and house manners need of the operations (api.md 3.2). Each rule gives its findings. */
import { type Document, refName } from '../../src/http/openapi-types.ts'
import type { Rule } from './openapi-schema-rules.ts'
import { type OperationPlace, operationsOf, typesOf, webhooksOf } from './openapi-walk.ts'

/** A finding for every operation that `isFaulty` says is faulty. */
const noOperation =
  (isFaulty: (place: OperationPlace) => boolean): Rule =>
  (document) =>
    operationsOf(document)
      .filter(isFaulty)
      .map(({ operation }) => operation.operationId)

const statusesOf = ({ operation }: OperationPlace) => Object.keys(operation.responses).map(Number)
const headersOf = ({ operation }: OperationPlace) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === 'header').map(({ name }) => name)

const accessOf = ({ operation }: OperationPlace) => operation['x-access'] as Record<string, unknown>

/** Header names as every HTTP specification writes them. */
const HEADER_NAMES = [
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Prefer',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
]

function hasOneSuccess(place: OperationPlace): boolean {
  const success = statusesOf(place).filter((status) => status >= 200 && status < 300)
  const schemas = success.map((status) => JSON.stringify(place.operation.responses[status]?.content ?? null))
  if (success.length === 1) return true
  return success.join() === '200,201' && schemas[0] === schemas[1]
}

function isBodyFaulty({ operation, method }: OperationPlace): boolean {
  const types = Object.keys(operation.requestBody?.content ?? {})
  if (method === 'get' || method === 'delete') return types.length > 0
  if (types.length <= 1) return types.some((type) => type !== 'application/json' && type !== 'multipart/form-data')
  return (
    types[0] !== 'application/json' ||
    operation['x-access'] === undefined ||
    accessOf({ operation } as OperationPlace)['auth'] !== 'public'
  )
}

function areProblemsFaulty(document: Document, { operation }: OperationPlace): boolean {
  return Object.entries(operation.responses).some(([status, response]) => {
    if (!/^\d{3}$/.test(status)) return true
    if (Number(status) < 400) return false
    const shared = document.components.responses[refName(response.$ref ?? '')]
    const schema = shared?.content?.['application/problem+json']?.schema
    return schema?.$ref !== '#/components/schemas/Problem'
  })
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function duplicates(names: string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) !== i)
}

function needsOf(place: OperationPlace): { statuses: number[]; headers: string[] } {
  const access = accessOf(place)
  const { requestBody } = place.operation
  const repeatable = access['idempotent'] === true
  return {
    statuses: [
      400,
      429,
      500,
      ...(access['auth'] === 'open' ? [] : [401]),
      ...(access['auth'] === 'secret' ? [403] : []),
      ...(requestBody ? [413, 415] : []),
      ...(repeatable && access['auth'] === 'secret' ? [409, 422] : []),
      ...(headersOf(place).includes('If-Match') ? [412] : []),
    ],
    headers: [
      ...(repeatable ? ['Idempotency-Key'] : []),
      ...(place.method === 'put' ? ['If-Match', 'If-None-Match'] : []),
      ...(statusesOf(place).includes(412) ? ['If-Match'] : []),
      ...(statusesOf(place).includes(304) ? ['If-None-Match'] : []),
    ],
  }
}

/** Rules of api.md by number. */
export const OPERATION_RULES: Record<string, Rule> = {
  'G15: problems are listed one by one and share one schema': (document) =>
    operationsOf(document)
      .filter((place) => areProblemsFaulty(document, place))
      .map(({ operation }) => operation.operationId),
  'G16: one media type for a body; capture alone takes several, JSON first': noOperation(isBodyFaulty),
  'G17: one success with one schema; an upsert has 200 and 201 with the same': noOperation(
    (place) => !hasOneSuccess(place),
  ),
  'G17: 204, 303 and 304 have no content': noOperation(({ operation }) =>
    ['204', '303', '304'].some((status) => operation.responses[status]?.content !== undefined),
  ),
  'G20: an operationId is lowerCamelCase, a verb first, and unique however it is written': (document) => {
    const ids = [...operationsOf(document), ...webhooksOf(document)].map(({ operation }) => operation.operationId)
    const folded = [...ids.map((id) => id.toLowerCase()), ...ids.map(snake)]
    return [
      ...ids.filter((id) => !/^[a-z]+([A-Z][a-z0-9]+)+$/.test(id) && id !== 'getMe'),
      ...duplicates(folded.slice(0, ids.length)),
      ...duplicates(folded.slice(ids.length)),
    ]
  },
  'G20: one tag of one capital word, which the document describes': (document) => {
    const known = new Set((document['tags'] as { name: string }[]).map(({ name }) => name))
    return [...operationsOf(document), ...webhooksOf(document)].flatMap(({ operation: { operationId, tags } }) =>
      tags.length === 1 && /^[A-Z][a-z]+$/.test(tags[0] ?? '') && known.has(tags[0] ?? '') ? [] : [operationId],
    )
  },
  'G21: a parameter is a scalar or a list of scalars, in snake_case': (document) =>
    operationsOf(document).flatMap(({ operation: { operationId, parameters = [] } }) =>
      parameters
        .filter(({ in: place, name, schema, content }) => {
          const value = schema.items ?? schema
          const isScalar = /^(string|integer|number|boolean)$/.test(typesOf(value).join())
          const isNamed = place === 'header' ? HEADER_NAMES.includes(name) : /^[a-z]+(_[a-z]+)*$/.test(name)
          return !isScalar || !isNamed || content !== undefined || (place === 'path' && schema.items !== undefined)
        })
        .map(({ name }) => `${operationId}?${name}`),
    ),
  'G21: no credential has a place in a URL': (document) =>
    operationsOf(document).flatMap(({ operation: { operationId, parameters = [] } }) =>
      parameters
        .filter(({ in: place, name }) => place !== 'header' && /token|secret|password|api_key$/i.test(name))
        .map(({ name }) => `${operationId}?${name}`),
    ),
  'every parameter has a description and an example': (document) =>
    [...operationsOf(document), ...webhooksOf(document)].flatMap(({ operation: { operationId, parameters = [] } }) =>
      parameters
        .filter(({ description, example }) => !description || example === undefined)
        .map(({ name }) => `${operationId}?${name}`),
    ),
  'a path parameter stands in the path, and each of the path is declared': noOperation(({ path, operation }) => {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    return inPath.sort().join() !== declared.sort().join()
  }),
  'G23: an operation lists the problems and takes the headers that its manners bring': noOperation((place) => {
    const { statuses, headers } = needsOf(place)
    return (
      statuses.some((status) => !statusesOf(place).includes(status)) ||
      headers.some((name) => !headersOf(place).includes(name))
    )
  }),
  'G23: every answer declares RateLimit and Access-Control-Allow-Origin, a 429 Retry-After, a 201 Location': (
    document,
  ) =>
    operationsOf(document).flatMap(({ operation: { operationId, responses } }) =>
      Object.entries(responses).flatMap(([status, response]) => {
        const { headers = {} } = response.$ref
          ? (document.components.responses[refName(response.$ref)] ?? {})
          : response
        const wanted = ['X-Request-Id', 'Access-Control-Allow-Origin']
        if (Number(status) < 500) wanted.push('RateLimit')
        if (status === '429' || status === '503') wanted.push('Retry-After')
        if (status === '201') wanted.push('Location')
        return wanted.every((name) => name in headers) ? [] : [`${operationId} ${status}`]
      }),
    ),
  'G24: one https server that says where it is': (document) => {
    const servers = document['servers'] as { url: string; description: string; 'x-internal': boolean }[]
    const [server] = servers
    const isGood =
      servers.length === 1 &&
      /^https:\/\/(?!.*example)/.test(server?.url ?? '') &&
      /production|staging|development|sandbox/.test(server?.description ?? '') &&
      typeof server?.['x-internal'] === 'boolean'
    return isGood ? [] : ['servers']
  },
  'G25: a webhook delivers the item of the change feed': (document) =>
    webhooksOf(document).flatMap(({ operation }) =>
      operation.requestBody?.content['application/json']?.schema.$ref === '#/components/schemas/ChangeEvent'
        ? []
        : [operation.operationId],
    ),
  'a path is plural kebab-case of at most two levels of nesting': noOperation(({ path }) => {
    const words = path.split('/').slice(1)
    return words.some((word) => !/^(v1|[a-z0-9]+(-[a-z0-9]+)*|\{[a-z_]+\})$/.test(word)) || words.length > 7
  }),
  'an operation with a scope says so': noOperation(({ operation }) => {
    const access = operation['x-access'] as { scope: string | null }
    return (operation['x-required-scope'] ?? null) !== access.scope
  }),
}
