/** Ways to the answers about the work on assignments. */
import { type Provoke, real, type Stage } from './openapi-stage.ts'
import type { Call, Make } from './openapi-world.ts'

const NOBODY = 'user_7zzzzzzzzzzzzzzzzzzzzzzzzz'
const newUser = async (call: Call) => (await call('POST', '/v1/users', { name: 'Grace' })).json().id as string

const assignment: Make = async (call, count) => {
  const lead = (await call('POST', '/v1/leads', { full_name: `Assigned ${count}` })).json().id
  await call('PATCH', `/v1/leads/${lead}`, { owner_id: await newUser(call) })
  const { data } = (await call('GET', `/v1/leads/${lead}/timeline`)).json()
  return data.find(({ type }: { type: string }) => type === 'lead_assigned').data.assignment_id
}

export const workingMakers: Record<string, Make> = { asg: assignment, user: (call) => newUser(call) }

const afterRelease: Provoke = async (stage) => {
  const request = await real(stage)
  const path = request.path.replace(/\/[a-z]+$/, '/release')
  await stage.world.call('POST', path, { reason: 'No time' })
  await stage.send(request)
}

const toNobody: Provoke = async (stage) =>
  stage.send({ ...(await real(stage)), body: JSON.stringify({ user_id: NOBODY, reason: 'Knows them' }) })

/** The pool that the examples name, beside the pools that rules of routing may ask for. */
export async function fillPool({ call }: { call: Call }): Promise<void> {
  const { pools } = (await call('GET', '/v1/settings/teams')).json<{ pools: { key: string }[] }>()
  const others = pools.filter(({ key }) => key !== 'inbound')
  const inbound = { key: 'inbound', members: [{ user_id: await newUser(call) }] }
  const answer = await call('PUT', '/v1/settings/teams', { pools: [...others, inbound] }, { 'if-match': '*' })
  if (answer.statusCode >= 300) throw new Error(answer.body)
}

/** A pool whose only member is the seller of the request. */
const withPool = async (stage: Stage, more: object = {}) => {
  const { call } = stage.world
  const user_id = (await call('POST', '/v1/users', { name: 'Grace', ...more })).json().id
  const pools = [{ key: 'inbound', members: [{ user_id }] }]
  await call('PUT', '/v1/settings/teams', { pools }, { 'if-match': '*' })
  return { ...(await real(stage)), body: JSON.stringify({ user_id }) }
}

export const workingStages: Record<string, Provoke> = {
  'respondToAssignment 409': afterRelease,
  'releaseAssignment 409': afterRelease,
  'reassignAssignment 409': afterRelease,
  'reassignAssignment 422': toNobody,
  'handOverLeads 202': async (stage) => {
    const to_user_id = await newUser(stage.world.call)
    await stage.send({ ...(await real(stage)), body: JSON.stringify({ reason: 'Parental leave.', to_user_id }) })
  },
  'pullNextLead 200': async (stage) => stage.send(await withPool(stage)),
  'pullNextLead 422': async (stage) => {
    await withPool(stage)
    await stage.send(await real(stage))
  },
}
