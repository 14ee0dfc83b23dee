/**
 * Sending bad input and judging the answer (reliability.md 3): a status that blames the caller or a success, our problem
 * format, within two seconds, nothing of our inside in it; and what was accepted is stored as it was answered.
 */
import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { Document } from '../../src/http/openapi-types.ts'
import { type TestService, testService } from '../helpers/service.ts'
import { publishedDocument } from './openapi-document.ts'
import { createRecorder, type Recorder } from './openapi-recorder.ts'
import { type ApiRequest, exampleRequest, urlOf } from './openapi-requests.ts'
import { type OperationPlace, operationsOf } from './openapi-walk.ts'
import { AMPLE, createWorld, type World } from './openapi-world.ts'

/** The same choice of input in every run; another number tries others. */
export const SEED = Number(process.env['BAD_INPUT_SEED'] ?? 20_261_122)
/** 1 is what a change is tried with; 15 is a night. */
export const VOLUME = Number(process.env['BAD_INPUT_VOLUME'] ?? 1)

const SLOWEST_MS = 2_000
const ALLOWED = new Set([303, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414, 415, 422, 428, 429, 431])
/** Stacks, files, SQLSTATEs and words of PostgreSQL; no input of the corpora has them. */
const INSIDE =
  /\n\s+at .+:\d+:\d+|node_modules|\/src\/[a-z]+\/|SQLSTATE|violates [a-z-]+ constraint|relation "|invalid input syntax/

/** An operation with a request that would succeed. */
export interface Target {
  place: OperationPlace
  world: World
  request: ApiRequest
}

export interface Prober {
  service: TestService
  document: Document
  targets: Target[]
  /** Sends the request of a target as it was bent; `what` says how. `strict` also holds it against the document. */
  send(target: Target, request: ApiRequest, what: string, strict?: boolean): Promise<LightMyRequestResponse>
  /** Faults so far. */
  faultCount(): number
  /** Adds a fault that a test found itself. */
  fault(target: Target, what: string, why: string): void
  /** Ends the test: no faults, nothing that only the database refused. */
  finish(t: Test, leastRequests: number): Promise<void>
}

/** A service of its own with a real object behind every id, ready to be treated badly. */
export async function createProber(t: Test): Promise<Prober> {
  const document = await publishedDocument()
  const service = await testService(t, AMPLE)
  const recorder = createRecorder(document)
  const targets: Target[] = []
  for (const place of operationsOf(document)) targets.push(await targetOf(service, place, document))
  const faults = new Map<string, string>()
  const counts = { requests: 0, accepted: 0 }
  const fault = ({ place }: Target, what: string, why: string) => {
    faults.set(`${place.operation.operationId}: ${why.slice(0, 300)}`, what.slice(0, 500))
  }
  return {
    service,
    document,
    targets,
    faultCount: () => faults.size + recorder.faults().length,
    fault,
    send: async (target, request, what, strict = true) => {
      const began = performance.now()
      const answer = await sendOne(service, recorder, target, request, strict)
      const took = performance.now() - began
      // A configuration is replaced again and again; each time the version is the one that is there.
      if (target.place.method === 'put' && answer.statusCode < 300) {
        target.request.headers['if-match'] = String(answer.headers['etag'])
      }
      counts.requests++
      if (answer.statusCode < 300) counts.accepted++
      if (took > SLOWEST_MS) fault(target, what, `took ${Math.round(took)} ms`)
      for (const why of judge(answer)) fault(target, what, why)
      return answer
    },
    finish: async (t, leastRequests) => {
      const all = [...faults].map(([why, what]) => `${why} <- ${what}`)
      for (const why of recorder.faults()) all.push(why)
      t.same(all, [], `no fault with BAD_INPUT_SEED=${SEED}`)
      const rejected = await service.ctx.metrics.rejectedInput.get()
      t.same(rejected.values, [], 'the database had to refuse nothing (db_rejected_input_total)')
      t.ok(counts.requests >= leastRequests * VOLUME, `${counts.requests} requests, at least ${leastRequests}`)
      t.comment(`${counts.requests} requests to ${targets.length} operations, ${counts.accepted} accepted`)
    },
  }
}

async function targetOf(service: TestService, place: OperationPlace, document: Document): Promise<Target> {
  const world = await createWorld(service)
  const example = await world.realize(exampleRequest(place, document))
  const headers: Record<string, string> = { authorization: `Bearer ${world.key}`, ...example.headers }
  if (place.method === 'put') headers['if-match'] = String((await world.call('GET', example.path)).headers['etag'])
  return { place, world, request: { ...example, headers, body: freshBody(place, example.body) } }
}

/** A create that is repeated makes another object each time, instead of finding the one before. */
function freshBody({ method }: OperationPlace, body: ApiRequest['body']): ApiRequest['body'] {
  const fields = method === 'post' && body !== null ? JSON.parse(String(body)) : {}
  return 'on_duplicate' in fields ? JSON.stringify({ ...fields, on_duplicate: 'create', external_ids: [] }) : body
}

async function sendOne(
  service: TestService,
  recorder: Recorder,
  { place }: Target,
  request: ApiRequest,
  strict: boolean,
): Promise<LightMyRequestResponse> {
  if (strict) return await recorder.send(service.app, place, request)
  return await service.app.inject({
    method: request.method.toUpperCase() as 'GET',
    url: urlOf(request),
    headers: request.headers,
    ...(request.body !== null && { payload: request.body }),
  })
}

function judge(answer: LightMyRequestResponse): string[] {
  const { statusCode, headers, body } = answer
  if (statusCode >= 200 && statusCode < 300) return []
  const faults = []
  const isPatient = statusCode === 503 && headers['retry-after'] !== undefined
  if (!ALLOWED.has(statusCode) && !isPatient) faults.push(`answered ${statusCode} ${body}`)
  if (INSIDE.test(body)) faults.push(`shows its inside: ${body}`)
  if (statusCode < 400) return faults
  if (!String(headers['content-type']).startsWith('application/problem+json')) return [...faults, `no problem: ${body}`]
  const { code, status, request_id } = answer.json()
  if (status !== statusCode || typeof code !== 'string' || typeof request_id !== 'string') {
    faults.push(`not our problem format: ${body}`)
  }
  return faults
}

/** Goes round a list in an order that the seed decides, for ever: small samples of many places still use all of it. */
export function cycle<T>(list: readonly T[], seed: number): () => T {
  const order = shuffled(list, seed)
  let next = 0
  return () => order[next++ % order.length] as T // the list is not empty
}

/** The list in an order that the seed decides (mulberry32, Fisher-Yates). */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const order = [...list]
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [a, b] = [order[i] as T, order[j] as T] // both indices are inside
    order[i] = b
    order[j] = a
  }
  return order
}
