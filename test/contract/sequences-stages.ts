/** Situations that statuses of sequences need. */
import { type Provoke, real, withHeaders } from './openapi-stage.ts'

const newSequence: Provoke = async (stage) => stage.send({ ...(await real(stage)), path: '/v1/sequences/brand-new' })

/** Versions stay apart from those who read them: the list is empty for an unknown key only. */
const noSuchSequence: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.send({ ...request, path: request.path.replace('welcome-trial', 'no-such'), query: {} })
}

const readTwice: Provoke = async (stage) => {
  const request = { ...(await real(stage)), query: {} }
  const first = await stage.send(request)
  await stage.send(withHeaders(request, { 'if-none-match': String(first.headers['etag']) }))
}

const withoutQuery: Provoke = async (stage) => stage.send({ ...(await real(stage)), query: {} })

/** Its template has gone since the draft was saved. */
const templateGone: Provoke = async (stage) => {
  const { call } = stage.world
  const url = '/v1/sequences/welcome-trial'
  await call('PUT', '/v1/templates/short-lived', { texts: [{ locale: 'en', subject: 'Hello', text: 'Hello' }] })
  const tag = { 'if-match': String((await call('GET', url)).headers['etag']) }
  await call('PUT', url, { steps: [{ key: 'one', kind: 'email', email: { template_key: 'short-lived' } }] }, tag)
  await call('DELETE', '/v1/templates/short-lived')
  await stage.send(await real(stage))
}

const notPublished: Provoke = async (stage) => {
  await stage.world.call('DELETE', '/v1/sequences/welcome-trial')
  await stage.send(await real(stage))
}

const ended: Provoke = async (stage) => {
  const request = await real(stage)
  await stage.world.call('PATCH', request.path, { status: 'ended' })
  await stage.send(request)
}

const paused: Provoke = async (stage) =>
  stage.send({ ...(await real(stage)), body: JSON.stringify({ status: 'paused' }) })

const unknownStep: Provoke = async (stage) =>
  stage.send({ ...(await real(stage)), body: JSON.stringify({ step_key: 'nowhere' }) })

export const SEQUENCE_STAGES: Record<string, Provoke> = {
  'putSequence 201': newSequence,
  'publishSequence 422': templateGone,
  'listSequenceVersions 404': noSuchSequence,
  'diffSequence 200': withoutQuery,
  'diffSequence 304': readTwice,
  'diffSequence 404': noSuchSequence,
  'createEnrollments 422': notPublished,
  'updateEnrollment 200': paused,
  'updateEnrollment 409': ended,
  'updateEnrollment 422': unknownStep,
}
