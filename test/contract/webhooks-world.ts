/** How webhook endpoints and deliveries come to be. */
import type { Make, World } from './openapi-world.ts'

const makeEndpoint: Make = async (call, count) =>
  (await call('POST', '/v1/webhook-endpoints', { url: `https://hooks.engines.test/${count}` })).json().id

const makeDelivery: Make = async (call, count, world) =>
  (await call('POST', `/v1/webhook-endpoints/${await makeEndpoint(call, count, world)}/test`, {})).json().id

export const webhookMakers: Record<string, Make> = { whe: makeEndpoint, whd: makeDelivery }

/** Two of everything that is listed. */
export async function fillWebhooks(world: World): Promise<void> {
  for (const count of [1, 2]) await makeDelivery(world.call, count, world)
}
