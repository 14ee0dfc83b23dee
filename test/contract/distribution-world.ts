/** How the objects of distribution come to be. */
import type { Call } from './openapi-world.ts'

const user = async (call: Call, count: number): Promise<string> =>
  (await call('POST', '/v1/users', { name: `Seller ${count}` })).json().id

/** Prefix of an id -> how an object with such an id comes to be. */
export const DISTRIBUTION_MAKERS = {
  user,
  asg: async (call: Call, count: number): Promise<string> => {
    const lead = (await call('POST', '/v1/leads', { full_name: `Assigned ${count}` })).json().id
    const routed = await call('POST', `/v1/leads/${lead}/route`, { user_id: await user(call, count) })
    return routed.json().assignment.id
  },
  rpl: async (call: Call): Promise<string> => await makeReplay(call),
}

/** A replay of the last day. */
export async function makeReplay(call: Call): Promise<string> {
  await makeRouting(call, 'published')
  return (await call('POST', '/v1/routing/replays', { days: 1 })).json().resource_id
}

/** The pool that the examples of the routing policy name. */
export async function makePool(call: Call): Promise<void> {
  const pools = [{ key: 'fashion-uk', members: [{ user_id: await user(call, 0) }] }]
  await call('PUT', '/v1/settings/teams', { pools }, { 'if-match': '*' })
}

/** A routing policy with that pool, as a draft or published. */
export async function makeRouting(call: Call, state: 'draft' | 'published'): Promise<void> {
  await makePool(call)
  await call('PUT', '/v1/settings/routing', { default_target: { kind: 'pool', pool_key: 'fashion-uk' } })
  if (state === 'published') await call('POST', '/v1/settings/routing/publish')
}
