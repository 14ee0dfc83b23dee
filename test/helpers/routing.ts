/** Sellers, teams and rules for tests of routing, made through the API. */
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import type { TestService } from './service.ts'

export interface RoutingHands {
  seller(name: string, more?: object): Promise<string>
  leads(count: number, more?: object): Promise<string[]>
  teams(document: object): Promise<void>
  /** Writes and publishes the policy; to the pool `p` when nothing else is said. */
  rules(policy?: object): Promise<void>
  assignments(query?: string): Promise<Record<string, unknown>[]>
  explain(id: string): Promise<Record<string, unknown>>
  rows<Row>(text: string, values?: unknown[]): Promise<Row[]>
}

/** What tests of routing do again and again; each call must succeed. */
export function routingHands({ call, ctx, workspaceId }: TestService): RoutingHands {
  const must = async (method: string, url: string, body?: unknown, headers = {}) => {
    const answer = await call(method, url, body, { headers })
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.json()
  }
  return {
    seller: async (name, more = {}) => (await must('POST', '/v1/users', { name, ...more })).id,
    leads: async (count, more = {}) => {
      const ids: string[] = []
      for (let left = count; left > 0; left -= 200) {
        const items = Array.from({ length: Math.min(left, 200) }, (_, i) => ({ full_name: `Lead ${i}`, ...more }))
        const { results } = await must('POST', '/v1/leads/batch/upsert', { items })
        ids.push(...results.map((result: { id: string }) => result.id))
      }
      return ids
    },
    teams: async (document) => {
      await must('PUT', '/v1/settings/teams', document, { 'if-match': '*' })
    },
    rules: async (policy = {}) => {
      const body = { default_target: { kind: 'pool', pool_key: 'p' }, ...policy }
      const known = await call('GET', '/v1/settings/routing')
      const tag = known.statusCode === 200 ? { 'if-match': String(known.headers['etag']) } : {}
      await must('PUT', '/v1/settings/routing', body, tag)
      await must('POST', '/v1/settings/routing/publish')
    },
    assignments: async (query = '') => (await must('GET', `/v1/assignments?limit=200&${query}`)).data,
    explain: async (id) => await must('GET', `/v1/assignments/${id}`),
    rows: async (text, values = []) =>
      await withWorkspace(ctx.db, workspaceId, (tx) => tx.query(text, [workspaceId, ...values])),
  }
}

/** Values of one field, counted. */
export function countBy<T>(items: T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1
  return counts
}

export const uuidOf = (kind: 'lead' | 'user', id: string): string => {
  const uuid = decodeTypeId(kind, id)
  if (uuid === undefined) throw new Error(`${id} is no ${kind}`)
  return uuid
}
