/** Situations that statuses of the lifecycle room need. */
import { type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'

const PATH = '/v1/settings/lifecycle'

/** Writes a draft: the published lifecycle with some members changed. */
async function draft({ world }: Stage, more: object): Promise<void> {
  const { published, etag } = (await world.call('GET', PATH)).json()
  const definition = { ...published.definition, transitions: WITHOUT_GATES(published.definition.transitions), ...more }
  await world.call('PUT', PATH, definition, { 'if-match': etag })
}

const WITHOUT_GATES = (transitions: object[]) => transitions.map((one) => ({ ...one, gate: null }))

const withDraft: Provoke = async (stage) => {
  await draft(stage, { title: 'Another' })
  await stage.send(await real(stage))
}

const withoutDraft: Provoke = async (stage) => {
  await stage.world.call('GET', PATH)
  await stage.send(await real(stage))
}

/** The draft was right when it was written; then a field that its gate asks about went. */
const outdatedDraft: Provoke = async (stage) => {
  const { call } = stage.world
  const fields = '/v1/settings/custom-fields'
  const { etag } = (await call('GET', fields)).json()
  const made = await call(
    'PUT',
    fields,
    { lead: [{ key: 'size', type: 'integer' }], account: [] },
    { 'if-match': etag },
  )
  const gate = { any: [{ all: [{ field: 'custom_fields.size', op: 'is_set' }] }] }
  const transitions = [{ key: 'grow', to: 'mql', by: ['automatic'], gate }]
  await draft(stage, { transitions })
  await call('PUT', fields, { lead: [], account: [] }, { 'if-match': made.json().etag })
  await stage.send(await real(stage))
}

const unknownVersion: Provoke = async (stage) => stage.send({ ...(await real(stage)), query: { to: 77 } })

/** Read twice, the second time with the tag of the first answer. */
const draftAgain: Provoke = async (stage) => {
  await draft(stage, { title: 'Another' })
  const request = await real(stage)
  const first = await stage.send(request)
  await stage.send(withHeaders(request, { 'if-none-match': String(first.headers['etag']) }))
}

export const LIFECYCLE_STAGES: Record<string, Provoke> = {
  'publishLifecycle 200': withDraft,
  'publishLifecycle 409': withoutDraft,
  'publishLifecycle 422': outdatedDraft,
  'simulateLifecycle 202': withDraft,
  'simulateLifecycle 409': withoutDraft,
  'getLifecycleVersion 200': draftAgain,
  'getLifecycleVersion 304': draftAgain,
  'diffLifecycle 404': unknownVersion,
}
