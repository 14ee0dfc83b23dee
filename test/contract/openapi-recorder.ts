/** Sends requests and holds every answer against the document: status, headers, media type and body. */
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { type Document, type Json, type Response, refName } from '../../src/http/openapi-types.ts'
import { checkerOf } from './openapi-ajv.ts'
import { type ApiRequest, urlOf } from './openapi-requests.ts'
import type { OperationPlace } from './openapi-walk.ts'

export interface Recorder {
  send(app: FastifyInstance, place: OperationPlace, request: ApiRequest): Promise<LightMyRequestResponse>
  /** Statuses seen of an operation. */
  seen(operationId: string): Set<number>
  /** What the operation refused last, for a person who wonders why it never succeeds. */
  lastRefusal(operationId: string): string
  /** What did not agree with the document, each sentence once. */
  faults(): string[]
}

/** Headers that are documented because they may be there; all others must be. */
const OCCASIONAL = new Set(['access-control-allow-origin', 'idempotent-replayed'])
/** A conflict passes by itself only where the same key is in use. */
const isOccasional = (name: string, status: number) =>
  OCCASIONAL.has(name) || (name === 'retry-after' && status === 409)

/** A recorder for answers to the operations of this document. */
export function createRecorder(document: Document): Recorder {
  const check = checkerOf(document)
  const seen = new Map<string, Set<number>>()
  const faults = new Set<string>()
  const refusals = new Map<string, string>()
  const statusesOf = (operationId: string) => {
    const statuses = seen.get(operationId) ?? new Set()
    seen.set(operationId, statuses)
    return statuses
  }
  return {
    send: async (app, place, request) => {
      const answer = await app.inject({
        method: place.method.toUpperCase() as 'GET',
        url: urlOf(request),
        // Not of this machine: its own calls are on nobody's budget.
        remoteAddress: '203.0.113.7',
        headers: request.headers,
        ...(request.body !== null && { payload: request.body }),
      })
      const { operationId } = place.operation
      statusesOf(operationId).add(answer.statusCode)
      if (answer.statusCode === 400 || answer.statusCode === 422) refusals.set(operationId, answer.body)
      for (const fault of faultsOf(document, check, place, answer))
        faults.add(`${operationId} ${answer.statusCode}: ${fault}`)
      return answer
    },
    seen: statusesOf,
    lastRefusal: (operationId) => refusals.get(operationId) ?? '',
    faults: () => [...faults],
  }
}

function faultsOf(
  document: Document,
  check: ReturnType<typeof checkerOf>,
  { operation }: OperationPlace,
  answer: LightMyRequestResponse,
): string[] {
  const documented = operation.responses[answer.statusCode]
  if (documented === undefined) return [`is not documented; ${answer.body.slice(0, 300)}`]
  const response = documented.$ref ? document.components.responses[refName(documented.$ref)] : documented
  if (response === undefined) return ['has a reference to nowhere']
  return [...headerFaults(document, check, response, answer), ...bodyFaults(check, response, answer)]
}

function headerFaults(
  document: Document,
  check: ReturnType<typeof checkerOf>,
  { headers = {} }: Response,
  answer: LightMyRequestResponse,
): string[] {
  return Object.keys(headers).flatMap((name) => {
    const value = answer.headers[name.toLowerCase()]
    if (value === undefined)
      return isOccasional(name.toLowerCase(), answer.statusCode) ? [] : [`lacks the header ${name}`]
    const fault = check((document.components.headers[name] as { schema: Json }).schema, String(value))
    return fault === null ? [] : [`header ${name}: ${fault}`]
  })
}

function bodyFaults(
  check: ReturnType<typeof checkerOf>,
  { content }: Response,
  answer: LightMyRequestResponse,
): string[] {
  if (content === undefined) return answer.body === '' ? [] : ['has a body that is not documented']
  const type = String(answer.headers['content-type']).split(';')[0] ?? ''
  const schema = content[type]?.schema
  if (schema === undefined) return [`has the media type ${type}`]
  if (!type.endsWith('json')) return []
  const fault = check(schema, answer.json())
  return fault === null ? [] : [`body ${fault}`]
}
