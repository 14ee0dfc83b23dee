// Endpoints of a test service, and its time: days pass by moving what is due.
import type { LightMyRequestResponse } from 'fastify'
import { withWorkspace } from '../../src/db/client.ts'
import type { TestService } from './service.ts'

export interface TestEndpoint {
  id: string
  secret: string
  [name: string]: unknown
}

/** Makes an endpoint. */
export async function makeEndpoint(
  service: TestService,
  url: string,
  more: Record<string, unknown> = {},
): Promise<TestEndpoint> {
  const answer = await service.call('POST', '/v1/webhook-endpoints', { url, ...more })
  if (answer.statusCode !== 201) throw new Error(`no endpoint: ${answer.body}`)
  return answer.json()
}

/** An endpoint as it is now. */
export const readEndpoint = async (service: TestService, id: string): Promise<Record<string, unknown>> =>
  (await service.call('GET', `/v1/webhook-endpoints/${id}`)).json()

export interface TestDelivery {
  id: string
  state: string
  type: string
  webhook_id: string
  sequence: number | null
  next_attempt_at: string | null
  attempt_count: number
  attempts: {
    number: number
    status: number | null
    error: string | null
    latency_ms: number
    response_excerpt: string
  }[]
  [name: string]: unknown
}

/** Deliveries to an endpoint with their tries, oldest first. */
export async function deliveriesOf(service: TestService, endpointId: string): Promise<TestDelivery[]> {
  const list = await service.call('GET', `/v1/webhook-deliveries?endpoint_id=${endpointId}&limit=200`)
  const rows = (list.json().data as { id: string }[]).toReversed()
  return await Promise.all(
    rows.map(async ({ id }) => (await service.call('GET', `/v1/webhook-deliveries/${id}`)).json()),
  )
}

/** Lets time pass for everything that waits or is counted by the clock of the database. */
export async function passTime(service: TestService, seconds: number): Promise<void> {
  const { ctx, workspaceId } = service
  const moves: [string, string][] = [
    ['webhook_deliveries', 'due_at'],
    ['webhook_cursors', 'failing_since'],
    ['webhook_endpoints', 'previous_secret_ends_at'],
  ]
  await withWorkspace(ctx.db, workspaceId, async (tx) => {
    for (const [table, column] of moves) {
      const text = `UPDATE ${table} SET ${column} = ${column} - make_interval(secs => $2) WHERE workspace_id = $1`
      await tx.query({ name: `pass_time_${table}`, text }, [workspaceId, seconds])
    }
  })
}

/** Makes a lead. */
export async function makeLead(service: TestService, fields: Record<string, unknown> = {}): Promise<{ id: string }> {
  return (await service.call('POST', '/v1/leads', { full_name: 'Ada Lovelace', ...fields })).json()
}

/** Changes a lead. */
export const editLead = async (
  service: TestService,
  id: string,
  fields: Record<string, unknown>,
): Promise<LightMyRequestResponse> => await service.call('PATCH', `/v1/leads/${id}`, fields)
