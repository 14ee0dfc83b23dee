/** Workspaces with real objects behind the ids that the examples of the document show. */

import type { LightMyRequestResponse } from 'fastify'
import { ensureDemoForm } from '../../src/features/capture/demo-form.ts'
import { ensureDefaultScoreModel } from '../../src/features/scoring/default-score-model.ts'
import type { TestService } from '../helpers/service.ts'
import { activityMakers } from './activities-world.ts'
import { behaviourMakers } from './behaviour-world.ts'
import { buyerMakers } from './buyers-world.ts'
import { DISTRIBUTION_MAKERS } from './distribution-world.ts'
import { enrichmentMakers } from './enrichment-world.ts'
import { addTemplate, NURTURING_MAKERS } from './nurturing-world.ts'
import type { ApiRequest } from './openapi-requests.ts'
import { OPERATION_MAKERS } from './operations-world.ts'
import { addSegments } from './segments-world.ts'
import { addSequence, SEQUENCE_MAKERS } from './sequences-world.ts'
import { webhookMakers } from './webhooks-world.ts'
import { workingMakers } from './working-world.ts'

const PLENTY = 1_000_000

/** Budgets that nobody uses up, so that their headers are there. */
export const AMPLE = {
  RATE_LIMIT_DEFAULT: PLENTY,
  RATE_LIMIT_SEARCH: PLENTY,
  RATE_LIMIT_EXPORT: PLENTY,
  RATE_LIMIT_ANONYMOUS: PLENTY,
  RATE_LIMIT_CAPTURE_NETWORK: PLENTY,
  RATE_LIMIT_CAPTURE_FORM: PLENTY,
  RATE_LIMIT_EVENTS_NETWORK: PLENTY,
}

export interface World {
  service: TestService
  workspaceId: string
  /** Secret key of the workspace. */
  key: string
  /** Any request with the key, beside those that a test is about. */
  call: Call
  /** The same request with the ids of objects that exist; each kind is made once in a request. */
  realize(request: ApiRequest): Promise<ApiRequest>
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Call = (
  method: Method,
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<LightMyRequestResponse>
/** The third is the world as far as it is made. */
export type Make = (call: Call, count: number, world: Pick<World, 'service' | 'workspaceId'>) => Promise<string>

const submit: Make = async (call, count) => {
  const fields = { full_name: `Visitor ${count}`, email: `visitor-${count}@visitors.test` }
  return (await call('POST', '/v1/public/forms/demo/submissions', fields)).json().submission_id
}

export const makeLead = async (call: Call, count: number) =>
  (await call('POST', '/v1/leads', { full_name: `Lead ${count}` })).json().id

/** Prefix of an id -> how an object with such an id comes to be. A new kind in a path or a body needs a line here. */
const MAKERS: Record<string, Make> = {
  ...NURTURING_MAKERS,
  ...workingMakers,
  ...OPERATION_MAKERS,
  ...activityMakers,
  ...behaviourMakers,
  ...enrichmentMakers,
  lead: makeLead,
  acct: async (call, count) => (await call('POST', '/v1/accounts', { name: `Account ${count}` })).json().id,
  sub: submit,
  ...DISTRIBUTION_MAKERS,
  ...webhookMakers,
  ...SEQUENCE_MAKERS,
  ...buyerMakers,
  key: async (call, count) => {
    const wanted = { name: `Key ${count}`, kind: 'restricted', scopes: ['leads:read'] }
    return (await call('POST', '/v1/api-keys', wanted)).json().id
  },
  cons: async (call, count) => {
    const given = { purpose: 'marketing', channel: 'email', action: 'granted', wording: 'Yes, send me news by e-mail.' }
    return (await call('POST', `/v1/leads/${await makeLead(call, count)}/consents`, given)).json().id
  },
  rcpt: async (call, count) => {
    const decisions = await call('GET', `/v1/leads/${await makeLead(call, count)}/decisions`)
    return decisions.json().data[0].id
  },
}

/** Ids of examples all end alike (exampleId in src/http/schema.ts). */
const EXAMPLE_ID = /\b([a-z]{2,10})_01k8r5x4q3e7vb2c9m6h0n1d5s\b/g

let made = 0

/** A new workspace with the demo form. */
export async function createWorld(service: TestService): Promise<World> {
  const { workspaceId, key } = await service.makeWorkspace()
  const call: Call = async (method, url, body, headers = {}) =>
    await service.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body !== undefined && { payload: body as object }),
    })
  await ensureDemoForm(service.ctx, workspaceId)
  await addTemplate(call)
  await ensureDefaultScoreModel(service.ctx, workspaceId)
  await addSegments(call)
  await addSequence(call)
  return {
    service,
    workspaceId,
    key,
    call,
    realize: async (request) => {
      const text = JSON.stringify({ ...request, body: request.body?.toString() ?? null })
      const prefixes = new Set([...text.matchAll(EXAMPLE_ID)].map(([, prefix = '']) => prefix))
      const ids = new Map<string, string>()
      for (const prefix of prefixes) {
        const make = MAKERS[prefix]
        if (make !== undefined) ids.set(prefix, await make(call, ++made, { service, workspaceId }))
      }
      return JSON.parse(text.replace(EXAMPLE_ID, (id, prefix: string) => ids.get(prefix) ?? id))
    },
  }
}
