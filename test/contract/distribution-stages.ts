/** What needs a situation of its own in distribution. */
import { type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'

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

export const DISTRIBUTION_STAGES: Record<string, Provoke> = {
  'createUser 409': takenEmail,
  'createUser 422': unknownTerritory,
  'updateUser 409': takenEmail,
  'updateUser 422': unknownTerritory,
  'putTeamSettings 409': territoryInUse,
  'putTeamSettings 422': unknownMember,
}
