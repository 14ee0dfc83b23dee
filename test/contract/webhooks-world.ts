/** How webhook endpoints and deliveries come to be. */
import { type Provoke, real } from './openapi-stage.ts'
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

/** The stage was removed, or misspelt: no lead would ever be in it. */
const unknownStage: Provoke = async (stage) => {
  const condition = { any: [{ all: [{ field: 'stage_key', op: 'eq', value: 'mqll' }] }] }
  await stage.send({ ...(await real(stage)), body: JSON.stringify({ condition }) })
}

export const WEBHOOK_STAGES: Record<string, Provoke> = { 'updateWebhookEndpoint 422': unknownStage }
