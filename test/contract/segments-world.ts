/** The segments that examples name, in every new workspace: one that follows a condition, with a draft, and a static one. */
import { type Provoke, real, type Stage } from './openapi-stage.ts'
import type { Call } from './openapi-world.ts'

const inCountries = (...values: string[]) => ({ any: [{ all: [{ field: 'country', op: 'in', values }] }] })

/** Gives a new workspace the segments `dach` and `guests`. */
export async function addSegments(call: Call): Promise<void> {
  const made = await call('PUT', '/v1/segments/dach', { title: 'DACH', condition: inCountries('DE') })
  await call('PUT', '/v1/segments/guests', { title: 'Guests', kind: 'static' })
  for (const key of ['dach', 'guests']) await call('POST', `/v1/segments/${key}/publish`)
  const etag = `"v${Number(made.json().etag.slice(2, -1)) + 1}"`
  await call('PUT', '/v1/segments/dach', { title: 'DACH', condition: inCountries('DE', 'AT') }, { 'if-match': etag })
}

const at =
  (key: string): Provoke =>
  async (stage) => {
    const request = await real(stage)
    await stage.send({ ...request, path: request.path.replace('dach', key) })
  }

const twice: Provoke = async (stage) => {
  await stage.send(await real(stage))
  await stage.send(await real(stage))
}

/** The draft was right when it was written; then a field that it asks about went. */
const outdatedDraft: Provoke = async (stage: Stage) => {
  const { call } = stage.world
  const fields = '/v1/settings/custom-fields'
  const { etag } = (await call('GET', fields)).json()
  const made = await call(
    'PUT',
    fields,
    { lead: [{ key: 'size', type: 'integer' }], account: [] },
    { 'if-match': etag },
  )
  const condition = { any: [{ all: [{ field: 'custom_fields.size', op: 'is_set' }] }] }
  await call('PUT', '/v1/segments/large', { title: 'Large', condition })
  await call('PUT', fields, { lead: [], account: [] }, { 'if-match': made.json().etag })
  const request = await real(stage)
  await stage.send({ ...request, path: request.path.replace('dach', 'large') })
}

const withoutBody =
  (key: string): Provoke =>
  async (stage) => {
    const request = await real(stage)
    await stage.send({ ...request, path: request.path.replace('dach', key), body: '{}' })
  }

const unknownVersion: Provoke = async (stage) => stage.send({ ...(await real(stage)), query: { to: 77 } })

/** Another segment asks about it. */
const namedByAnother: Provoke = async (stage: Stage) => {
  const { call } = stage.world
  const condition = { any: [{ all: [{ field: 'segments', op: 'contains', value: 'dach' }] }] }
  await call('PUT', '/v1/segments/naming', { title: 'Naming', condition })
  await call('POST', '/v1/segments/naming/publish')
  await stage.send(await real(stage))
}

export const SEGMENT_STAGES: Record<string, Provoke> = {
  'putSegment 201': at('brand-new'),
  'publishSegment 409': twice,
  'publishSegment 422': outdatedDraft,
  'deleteSegment 409': namedByAnother,
  'previewSegment 404': withoutBody('no-such'),
  'previewSegment 422': withoutBody('guests'),
  'addSegmentMembers 200': at('guests'),
  'removeSegmentMembers 200': at('guests'),
  'diffSegment 404': unknownVersion,
}
