/** Two tenants with twin data, real requests for every operation in each, and a fingerprint of all that they hold. */
import { readInWorkspace } from '../../src/db/client.ts'
import type { Document } from '../../src/http/openapi-types.ts'
import { dueWork } from '../../src/jobs.ts'
import { multipart } from '../helpers/forms.ts'
import { fillVisitors } from './behaviour-world.ts'
import { fillBuyers, makeOffer } from './buyers-world.ts'
import { type ApiRequest, exampleRequest } from './openapi-requests.ts'
import type { OperationPlace } from './openapi-walk.ts'
import type { World } from './openapi-world.ts'
import { fillSla } from './sla-world.ts'
import { fillWebhooks } from './webhooks-world.ts'
import { fillPool } from './working-world.ts'

/** Ids on the wire. */
const ID = /\b([a-z]{2,10})_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g
const EXAMPLE_ID = /\b([a-z]{2,10})_01k8r5x4q3e7vb2c9m6h0n1d5s\b/
const UNKNOWN = '7zzzzzzzzzzzzzzzzzzzzzzzzz'

/** Kinds that no operation makes objects of yet; requests may name them all the same. */
const WITHOUT_OBJECTS = new Set<string>()

/** A text that is in the data of one tenant only. */
export const canaryOf = (world: World): string => `canary-${world.workspaceId}`

/** Gives a tenant what its twin has too: the same people, keys and names, told apart by the canary alone. */
export async function fillTwin(world: World): Promise<void> {
  const lead = { email: 'twin@example.org', external_ids: [{ system: 'hubspot', external_id: '0015f00001abcde' }] }
  await world.call('POST', '/v1/leads', { ...lead, last_name: canaryOf(world) })
  await world.call('POST', '/v1/leads', { email: 'second@example.org', last_name: canaryOf(world) })
  await world.call('POST', '/v1/accounts', { name: canaryOf(world), domain: 'twins.test' })
  await world.call('POST', '/v1/accounts', { name: `${canaryOf(world)} 2`, domain: 'second.test' })
  await world.call('PUT', '/v1/forms/upload', { title: canaryOf(world), fields: [{ name: 'brief', type: 'file' }] })
  await fillWebhooks(world)
  await fillVisitors(world)
  await fillPool(world)
  await fillSla(world, canaryOf(world))
  await fillBuyers(world, canaryOf(world))
  const { etag } = (await world.call('GET', '/v1/forms/demo')).json()
  const fields = [{ name: 'email', type: 'email', maps_to: 'email' }]
  await world.call('PUT', '/v1/forms/demo', { title: canaryOf(world), fields }, { 'if-match': etag })
}

/** Gives a lead a story: two of everything that can be listed about it. */
export async function tellStory(world: World, leadId: string): Promise<void> {
  const email = `${leadId}@example.org`
  await world.call('PATCH', `/v1/leads/${leadId}`, { email })
  for (const purpose of ['marketing', 'research']) {
    await world.call('POST', '/v1/public/forms/demo/submissions', { email }, { 'idempotency-key': purpose + leadId })
    const consent = { purpose, channel: 'email', action: 'granted', wording: canaryOf(world) }
    await world.call('POST', `/v1/leads/${leadId}/consents`, consent)
  }
  for (const work of dueWork(world.service.ctx)) await work.drain(world.workspaceId)
}

/** Prefix of an id that belongs to another object -> both ids, from one pair that was made together. */
const PARTS: Record<string, (world: World) => Promise<Record<string, string>>> = {
  offer: makeOffer,
  file: async (world) => {
    const file = { field: 'brief', name: 'brief.txt', type: 'text/plain', content: Buffer.from(canaryOf(world)) }
    const { payload, headers } = multipart([], [file])
    const sub = (await world.call('POST', '/v1/public/forms/upload/submissions', payload, headers)).json().submission_id
    const { files } = (await world.call('GET', `/v1/form-submissions/${sub}`)).json()
    return { sub, file: files[0].file_id }
  },
  cons: async (world) => {
    const lead = (await world.call('POST', '/v1/leads', { last_name: canaryOf(world) })).json().id
    const consent = { purpose: 'marketing', channel: 'email', action: 'granted', wording: canaryOf(world) }
    return { lead, cons: (await world.call('POST', `/v1/leads/${lead}/consents`, consent)).json().id }
  },
}

/** The documented example of an operation with ids of objects that this tenant has. */
export async function realRequest(world: World, place: OperationPlace, document: Document): Promise<ApiRequest> {
  const example = exampleRequest(place, document)
  const [, makePair] = Object.entries(PARTS).find(([prefix]) => example.path.includes(`/${prefix}_`)) ?? []
  const pair = (await makePair?.(world)) ?? {}
  const path = example.path.replaceAll(ID, (id, prefix: string) => pair[prefix] ?? id)
  const request = await world.realize({ ...example, path })
  const [, left] = EXAMPLE_ID.exec(textOf(request)) ?? []
  if (left !== undefined && !WITHOUT_OBJECTS.has(left)) {
    throw new Error(`no id of the kind ${left}: add it to PARTS here or to MAKERS of openapi-world.ts`)
  }
  return request
}

const textOf = (request: ApiRequest) => JSON.stringify({ ...request, body: request.body?.toString() ?? null })

/** Every id in path, query and body of a request: where it stands, and the request with another one there. */
export function idPositions(request: ApiRequest): { id: string; replace(by: string): ApiRequest }[] {
  const text = textOf(request)
  return [...text.matchAll(ID)].map(({ 0: id, index }) => ({
    id,
    replace: (by) => JSON.parse(text.slice(0, index) + by + text.slice(index + id.length)),
  }))
}

/** An id of the same kind that nobody has. */
export const unknownLike = (id: string): string => `${id.slice(0, id.indexOf('_'))}_${UNKNOWN}`

/** What an answer says apart from ids, moments and tags: two answers that are alike give nothing away. */
export function withoutNames(body: string): string {
  return body
    .replaceAll(ID, '<id>')
    .replaceAll(/req_[0-9a-f]{24}/g, '<request>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<moment>')
}

/** A digest of every table of a tenant, by its own rights. */
export async function fingerprint({ service, workspaceId }: World): Promise<Record<string, string>> {
  const { db } = service.ctx
  const tables = await db.query<{ name: string }>(
    // Not the partitions, which are made as months need them: their table stands for them all.
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  )
  const digests = [...tables.map(({ name }) => name), 'workspaces'].map(
    (table) => `SELECT '${table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest
      FROM ${table} AS t WHERE ${table === 'workspaces' ? 'id' : 'workspace_id'} = $1`,
  )
  const text = digests.join(' UNION ALL ')
  const rows = await readInWorkspace<{ name: string; digest: string }>(db, workspaceId, { name: 'fingerprint', text }, [
    workspaceId,
  ])
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
}
