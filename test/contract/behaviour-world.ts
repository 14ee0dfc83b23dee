/** How an event comes to be. */
import type { Make } from './openapi-world.ts'

export const behaviourMakers: Record<string, Make> = {
  evt: async (call, count) => {
    const items = [{ name: 'page_viewed', visitor_id: `visitor-${count}` }]
    return (await call('POST', '/v1/events/batch/create', { items })).json().results[0].id
  },
}
