/** How an activity comes to be, and the way to the answer that one of the service itself gives. */
import { type Provoke, real } from './openapi-stage.ts'
import type { Make } from './openapi-world.ts'

export const activityMakers: Record<string, Make> = {
  act: async (call, count) => {
    const lead = (await call('POST', '/v1/leads', { full_name: `Called ${count}` })).json().id
    return (await call('POST', '/v1/activities', { lead_id: lead, type: 'call' })).json().id
  },
}

/** The first line of a timeline is told by the service. */
const toldByTheService: Provoke = async (stage) => {
  const { call } = stage.world
  const lead = (await call('POST', '/v1/leads', { full_name: 'Ada' })).json().id
  const [line] = (await call('GET', `/v1/leads/${lead}/timeline`)).json().data
  await stage.send({ ...(await real(stage)), path: `/v1/activities/${line.id}` })
}

export const activityStages: Record<string, Provoke> = { 'updateActivity 422': toldByTheService }
