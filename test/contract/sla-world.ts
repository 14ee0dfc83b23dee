/** Ways to the answers about service levels: the one of the examples has to be there first. */
import { type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'
import type { World } from './openapi-world.ts'

const PATH = '/v1/settings/sla/hot-leads'

/** Gives a world the service level of the examples. */
export async function fillSla({ call }: World, name: string): Promise<void> {
  await call('PUT', PATH, { name, targets: { accept_seconds: 900 } })
  await call('POST', `${PATH}/publish`)
}

const draft = async ({ world: { call } }: Stage) => {
  const etag = (await call('GET', PATH)).headers['etag']
  const name = `Draft after ${etag ?? 'nothing'}`
  await call('PUT', PATH, { name, targets: { accept_seconds: 900 } }, etag ? { 'if-match': String(etag) } : {})
}
const published = async (stage: Stage) => {
  await draft(stage)
  await stage.world.call('POST', `${PATH}/publish`)
}

const after =
  (prepare: (stage: Stage) => Promise<void>, headers: Record<string, string> = {}): Provoke =>
  async (stage) => {
    await prepare(stage)
    await stage.send(withHeaders(await real(stage), headers))
  }

const unchanged: Provoke = async (stage) => {
  await published(stage)
  const request = await real(stage)
  const { etag } = (await stage.send(request)).headers
  await stage.send(withHeaders(request, { 'if-none-match': String(etag) }))
}

/** A field that the condition of the draft names is removed before it is published. */
const conditionWithoutField: Provoke = async (stage) => {
  const { call } = stage.world
  const fields = (lead: object[]) => ({ lead, account: [] })
  const url = '/v1/settings/custom-fields'
  const { etag } = (await call('PUT', url, fields([{ key: 'size', type: 'text' }]), { 'if-match': '*' })).headers
  const condition = { any: [{ all: [{ field: 'custom_fields.size', op: 'is_set' }] }] }
  await call('PUT', PATH, { condition, targets: { accept_seconds: 900 } })
  await call('PUT', url, fields([]), { 'if-match': String(etag) })
  await stage.send(await real(stage))
}

const STALE = { 'if-match': '"v999999"' }

export const slaStages: Record<string, Provoke> = {
  'getSlaPolicy 200': after(published),
  'getSlaPolicy 304': unchanged,
  'publishSlaPolicy 200': after(draft),
  'publishSlaPolicy 409': after(published),
  'publishSlaPolicy 412': after(draft, STALE),
  'publishSlaPolicy 422': conditionWithoutField,
  'retireSlaPolicy 204': after(published),
  'retireSlaPolicy 412': after(published, STALE),
  'listSlaPolicyVersions 200': after(published),
  'getSlaPolicyVersion 200': after(async (stage) => {
    await published(stage)
    await published(stage)
  }),
  'getSlaPolicyVersion 304': async (stage) => {
    await published(stage)
    await unchanged(stage)
  },
  'diffSlaPolicy 200': after(published),
  'diffSlaPolicy 304': unchanged,
}
