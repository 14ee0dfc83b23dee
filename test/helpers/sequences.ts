/** Sequences for tests, made through the API, and what came of them. */
import { withWorkspace } from '../../src/db/client.ts'
import { decodeTypeId } from '../../src/domain/type-id.ts'
import { runEnrollments } from '../../src/pipeline/sequences/run-enrollments.ts'
import type { TestService } from './service.ts'

export const DAY = 86_400

/** A step of a request: kind, next and its part. */
export const step = (key: string, kind: string, next: string | null, part: object = {}) => ({
  key,
  kind,
  next,
  ...part,
})
export const mail = (key: string, next: string | null) =>
  step(key, 'email', next, { email: { template_key: 'welcome' } })
export const rest = (key: string, next: string | null, seconds: number) =>
  step(key, 'wait', next, { wait: { kind: 'duration', seconds } })
export const holds = (field: string, value: string) => ({ any: [{ all: [{ field, op: 'eq', value }] }] })

/** Three mails with a day between them. */
export const THREE_MAILS = [
  mail('one', 'w1'),
  rest('w1', 'two', DAY),
  mail('two', 'w2'),
  rest('w2', 'three', DAY),
  mail('three', null),
]

export interface MessageRow {
  id: string
  lead_id: string
  step_key: string
  state: string
  reason: string | null
  variant: string | null
}

/** What tests of sequences do again and again; each call must succeed. */
export async function sequenceHands(service: TestService) {
  const { call, ctx, workspaceId } = service
  const must = async (method: string, url: string, body?: unknown, headers = {}) => {
    const answer = await call(method, url, body, { headers })
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.statusCode === 204 ? null : answer.json()
  }
  await must('PUT', '/v1/templates/welcome', { texts: [{ locale: 'en', subject: 'Hello', text: 'Hello' }] })
  let now = new Date()
  service.setNow(now)
  const rows = async <Row>(text: string, values: unknown[] = []) =>
    await withWorkspace(ctx.db, workspaceId, (tx) => tx.query<Row>(text, [workspaceId, ...values]))
  const publish = async (key: string, definition: object) => {
    const known = await call('GET', `/v1/sequences/${key}`)
    const tag = known.statusCode === 200 ? { 'if-match': String(known.headers['etag']) } : {}
    await must('PUT', `/v1/sequences/${key}`, definition, tag)
    return await must('POST', `/v1/sequences/${key}/publish`)
  }
  const enrollment = async (id: string) => await must('GET', `/v1/enrollments/${id}`)
  return {
    must,
    rows,
    publish,
    enrollment,
    now: () => now,
    lead: async (fields: object = {}): Promise<string> =>
      (await must('POST', '/v1/leads', { full_name: 'Ada', ...fields })).id,
    leads: async (count: number): Promise<string[]> => {
      const ids: string[] = []
      for (let left = count; left > 0; left -= 200) {
        const items = Array.from({ length: Math.min(left, 200) }, (_, i) => ({
          full_name: `Lead ${left - i}`,
          email: `lead-${left - i}@leads.test`,
        }))
        const { results } = await must('POST', '/v1/leads/batch/upsert', { items })
        ids.push(...results.map((result: { id: string }) => result.id))
      }
      return ids
    },
    /** Enrolls leads; ids of the enrollments. */
    enroll: async (sequence_key: string, lead_ids: string[]): Promise<string[]> => {
      const { results } = await must('POST', '/v1/enrollments', { sequence_key, lead_ids })
      return results.map(({ id }: { id: string }) => id)
    },
    run: () => runEnrollments(ctx, workspaceId),
    /** Moves the clock on, and does what has become due. */
    later: async (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1000)
      service.setNow(now)
      return await runEnrollments(ctx, workspaceId)
    },
    messages: () =>
      rows<MessageRow>(
        `SELECT id, lead_id, step_key, state, reason, variant FROM messages WHERE workspace_id = $1
          AND enrollment_id IS NOT NULL ORDER BY created_at, id`,
      ),
    enrollmentsOf: async (sequence_key: string) =>
      (await must('GET', `/v1/enrollments?sequence_key=${sequence_key}&limit=200`)).data,
    changes: async (type: string) =>
      await rows<{ data: { object: Record<string, unknown> } }>(
        'SELECT * FROM changes WHERE workspace_id = $1 AND type = $2',
        [type],
      ),
    tookSteps: async (id: string): Promise<string[]> =>
      (await enrollment(id)).visits.map(({ step_key }: { step_key: string }) => step_key),
    uuid: (id: string) => decodeTypeId(id.startsWith('lead') ? 'lead' : 'enrollment', id) ?? '',
  }
}
