/** Promises for tests: policies, leads under them, what is told, and the passing of time. */
import type { TestService } from './service.ts'

const age = {
  name: 'age_sla_clocks',
  text: `UPDATE sla_clocks SET started_at = started_at - $2 * interval '1 second', counted_from = counted_from - $2 * interval '1 second',
      due_at = due_at - $2 * interval '1 second',
      notes = (SELECT coalesce(jsonb_agg(jsonb_set(n, '{at}', to_jsonb((n->>'at')::bigint - $2::bigint * 1000))), '[]') FROM jsonb_array_elements(notes) AS n)
    WHERE workspace_id = $1`,
}

/** Makes all clocks of the default workspace older: the same as waiting, for workers go by the database's time. */
export async function passTime({ ctx, workspaceId }: TestService, seconds: number): Promise<void> {
  await ctx.db.query(age, [workspaceId, seconds])
}

interface Change {
  type: string
  object_id: string
  data: { assignment: { sla: { target: string; action?: string } } }
}

/** What the feed tells of assignments, the oldest first, as `type target action`. */
export async function changesOf({ call }: TestService): Promise<string[]> {
  const found: Change[] = []
  for (let cursor = 'earliest'; ; ) {
    const page = (await call('GET', `/v1/changes?types=assignment.*&limit=200&cursor=${cursor}`)).json()
    found.push(...page.data)
    if (!page.has_more) break
    cursor = page.next_cursor
  }
  return found.map(({ type, data }) => {
    const { target, action } = data.assignment.sla ?? {}
    return [type.replace('assignment.', ''), target, action].filter(Boolean).join(' ')
  })
}

/** Writes and publishes a service level. */
export async function publish({ call }: TestService, key: string, policy: object): Promise<void> {
  const written = await call('PUT', `/v1/settings/sla/${key}`, policy)
  const published = await call('POST', `/v1/settings/sla/${key}/publish`)
  if (written.statusCode !== 201 || published.statusCode !== 200) throw new Error(`${written.body} ${published.body}`)
}

export const seller = async ({ call }: TestService, more: object = {}) =>
  (await call('POST', '/v1/users', { name: 'Grace', ...more })).json().id as string

/** A lead with an owner; returns the ids of lead and assignment. */
export async function assigned(service: TestService, owner_id: string) {
  const { call } = service
  const lead = (await call('POST', '/v1/leads', { full_name: 'Ada' })).json().id as string
  await call('PATCH', `/v1/leads/${lead}`, { owner_id })
  const { data } = (await call('GET', `/v1/leads/${lead}/timeline`)).json()
  const { assignment_id } = data.find(({ type }: { type: string }) => type === 'lead_assigned').data
  return { lead, assignment: assignment_id as string }
}

export const progressOf = async ({ call }: TestService, id: string) =>
  (await call('GET', `/v1/assignments/${id}/progress`)).json()
