/** How events and visitors come to be, and situations that their examples do not show. */
import { example, type Provoke, real, withHeaders } from './openapi-stage.ts'
import type { Call, Make } from './openapi-world.ts'

export const behaviourMakers: Record<string, Make> = {
  evt: async (call, count) => {
    const items = [{ name: 'page_viewed', visitor_id: `visitor-${count}` }]
    return (await call('POST', '/v1/events/batch/create', { items })).json().results[0].id
  },
}

/** The visitor that the examples name, for a twin. */
export async function fillVisitors({ call }: { call: Call }): Promise<void> {
  for (const visitor_id of ['4f1c0e7ab3d94f6c8f21d7a9c35be204', 'visitor-1']) {
    await call('POST', '/v1/events/batch/create', { items: [{ name: 'page_viewed', visitor_id }] })
  }
}

/** A visitor has the id that its browser made, the same in every example. */
const seen: Provoke = async (stage) => {
  const request = await real(stage)
  const visitor_id = request.path.split('/')[3]
  await stage.world.call('POST', '/v1/events/batch/create', { items: [{ name: 'page_viewed', visitor_id }] })
  await stage.send(request)
}

const readAgain: Provoke = async (stage) => {
  await seen(stage)
  const request = await real(stage)
  const { headers } = await stage.send(request)
  await stage.send(withHeaders(request, { 'if-none-match': String(headers['etag']) }))
}

/** The key of a website whose visitors all come from one network. */
const asWebsite: Provoke = async (stage) => {
  const { service, workspaceId } = stage.world
  const key = await service.makeKey('publishable', { workspaceId })
  await stage.send(withHeaders(example(stage), { authorization: `Bearer ${key}` }))
}

const withoutRight: Provoke = async (stage) => {
  const { service, workspaceId } = stage.world
  const key = await service.makeKey('restricted', { scopes: ['leads:read'], workspaceId })
  await stage.send(withHeaders(example(stage), { authorization: `Bearer ${key}` }))
}

export const behaviourStages: Record<string, Provoke> = {
  'getVisitor 200': seen,
  'getVisitor 304': readAgain,
  'captureVisitorEvents 202': asWebsite,
  'unlinkVisitor 200': seen,
  'captureVisitorEvents 403': withoutRight,
}
