/** Ways to the documented answers of scoring that need a situation of their own. */
import { example, type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'

const MODEL = '/v1/score-models/default'

const tagOf = async ({ world }: Stage, path = MODEL) => String((await world.call('GET', path)).headers['etag'])

/** A draft that can be published. */
async function draft(stage: Stage, fields: object = {}): Promise<void> {
  const { published } = (await stage.world.call('GET', MODEL)).json()
  const body = { ...published.definition, name: 'Another', ...fields }
  await stage.world.call('PUT', MODEL, body, { 'if-match': await tagOf(stage) })
}

/** The draft is there, and is sent to be followed or tried. */
const publish: Provoke = async (stage) => {
  await draft(stage)
  await stage.send(await real(stage))
}

const publishTwice: Provoke = async (stage) => {
  await draft(stage)
  await stage.send(await real(stage))
  await stage.send(await real(stage))
}

/** A custom field goes after the draft that names it was written. */
const publishWithoutField: Provoke = async (stage) => {
  const { call } = stage.world
  const define = async (lead: object[]) =>
    await call('PUT', '/v1/settings/custom-fields', { lead, account: [] }, { 'if-match': '*' })
  await define([{ key: 'size', type: 'text' }])
  const condition = { any: [{ all: [{ field: 'custom_fields.size', op: 'is_set' }] }] }
  await draft(stage, { fit: { min: 0, max: 100, rules: [{ key: 'size', condition, points: 10 }] } })
  await define([])
  await stage.send(await real(stage))
}

const newModel: Provoke = async (stage) => stage.send({ ...(await real(stage)), path: '/v1/score-models/brand-new' })

const tooManyModels: Provoke = async (stage) => {
  const request = example(stage)
  const body = JSON.parse(String(request.body))
  for (let i = 0; i < 20; i++) await stage.world.call('PUT', `/v1/score-models/model-${i}`, body)
  await stage.send({ ...request, path: '/v1/score-models/one-more' })
}

const withTag: Provoke = async (stage) => stage.send(withHeaders(await real(stage), { 'if-match': await tagOf(stage) }))

const withdraw: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.world.call('PUT', request.path, { total: 99, reason: 'Knows better' })
  await stage.send(request)
}

export const SCORING_STAGES: Record<string, Provoke> = {
  'putScoreModel 200': withTag,
  'putScoreModel 201': newModel,
  'putScoreModel 409': tooManyModels,
  'publishScoreModel 202': publish,
  'simulateScoreModel 202': publish,
  'simulateScoreModel 409': async (stage) => stage.send(await real(stage)),
  'publishScoreModel 409': publishTwice,
  'publishScoreModel 422': publishWithoutField,
  'deleteScoreOverride 204': withdraw,
}
