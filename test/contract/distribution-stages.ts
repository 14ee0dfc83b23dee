/** What needs a situation of its own in distribution. */
import { makePool, makeRouting } from './distribution-world.ts'
import { example, type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'

const NOBODY = 'user_7zzzzzzzzzzzzzzzzzzzzzzzzz'
const grace = { name: 'Grace', email: 'grace@sellers.test' }

const withBody = async (stage: Stage, body: object) =>
  stage.send({ ...(await real(stage)), body: JSON.stringify(body) })

const takenEmail: Provoke = async (stage) => {
  await stage.world.call('POST', '/v1/users', grace)
  await withBody(stage, grace)
}

const unknownTerritory: Provoke = (stage) => withBody(stage, { name: 'Grace', territories: ['atlantis'] })

/** Replaces the teams of the world with the document that is there now as its base. */
const putTeams = async (stage: Stage, body: object) => {
  const { etag } = (await stage.world.call('GET', '/v1/settings/teams')).json()
  await stage.world.call('PUT', '/v1/settings/teams', body, { 'if-match': etag })
  return String((await stage.world.call('GET', '/v1/settings/teams')).headers['etag'])
}

const unknownMember: Provoke = async (stage) => {
  const request = withHeaders(await real(stage), { 'if-match': '*' })
  await stage.send({ ...request, body: JSON.stringify({ teams: [{ key: 'north', member_ids: [NOBODY] }] }) })
}

const territoryInUse: Provoke = async (stage) => {
  const etag = await putTeams(stage, { territories: [{ key: 'north' }] })
  await stage.world.call('POST', '/v1/users', { name: 'Grace', territories: ['north'] })
  await stage.send({ ...withHeaders(await real(stage), { 'if-match': etag }), body: '{"territories":[]}' })
}

/** The example, in a world that has a routing policy. */
const withRouting =
  (state: 'draft' | 'published'): Provoke =>
  async (stage) => {
    await makeRouting(stage.world.call, state)
    await stage.send(await real(stage))
  }

const withPool: Provoke = async (stage) => {
  await makePool(stage.world.call)
  await stage.send(await real(stage))
}

/** The example again, for the version that was read. */
const replaceDraft: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'draft')
  const { etag } = (await stage.world.call('GET', '/v1/settings/routing')).json()
  await stage.send(withHeaders(await real(stage), { 'if-match': etag }))
}

/** Read twice, the second time with the tag of the first answer. */
const twice = async (stage: Stage, request: Awaited<ReturnType<typeof real>>) => {
  const first = await stage.send(request)
  await stage.send(withHeaders(request, { 'if-none-match': String(first.headers['etag']) }))
}

const withRoutingRead: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'published')
  await twice(stage, await real(stage))
}

const firstVersionAgain: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'published')
  await twice(stage, { ...(await real(stage)), path: '/v1/settings/routing/versions/1' })
}

const withDiff: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'published')
  await stage.send({ ...(await real(stage)), query: {} })
}

const withDiffAgain: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'published')
  await twice(stage, { ...(await real(stage)), query: {} })
}

/** The example as it stands: its lead is not there, its policy is. */
const unknownLead: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'published')
  await stage.send(example(stage))
}

const firstVersion: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'published')
  await stage.send({ ...(await real(stage)), path: '/v1/settings/routing/versions/1' })
}

const staleRouting: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'draft')
  await stage.send(withHeaders(await real(stage), { 'if-match': '"v999999"' }))
}

const withoutTag: Provoke = async (stage) => {
  await makeRouting(stage.world.call, 'draft')
  await stage.send(await real(stage))
}

/** A report until now is another one each time. */
const lastMonthAgain: Provoke = async (stage) => {
  const query = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
  const request = { ...(await real(stage)), query }
  const { etag } = (await stage.send(request)).headers
  await stage.send(withHeaders(request, { 'if-none-match': String(etag) }))
}

export const DISTRIBUTION_STAGES: Record<string, Provoke> = {
  'createUser 409': takenEmail,
  'createUser 422': unknownTerritory,
  'updateUser 409': takenEmail,
  'updateUser 422': unknownTerritory,
  'putTeamSettings 409': territoryInUse,
  'putTeamSettings 422': unknownMember,
  'getRouting 200': withRouting('draft'),
  'getRouting 304': withRoutingRead,
  'putRouting 200': replaceDraft,
  'putRouting 201': withPool,
  'putRouting 412': staleRouting,
  'putRouting 428': withoutTag,
  'publishRouting 200': withRouting('draft'),
  'publishRouting 409': withRouting('published'),
  'publishRouting 412': staleRouting,
  'listRoutingVersions 200': withRouting('draft'),
  'getRoutingVersion 200': firstVersion,
  'getRoutingVersion 304': firstVersionAgain,
  'simulateRouting 200': withRouting('published'),
  'simulateRouting 404': unknownLead,
  'replayRouting 202': withRouting('published'),
  'diffRouting 200': withDiff,
  'diffRouting 304': withDiffAgain,
  'getRoutingFairness 304': lastMonthAgain,
}
