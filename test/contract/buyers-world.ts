/** Ways to the answers about buyers: the one of the examples has to be there first. Nobody answers at its address. */
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { runSales } from '../../src/pipeline/sell/run-sales.ts'
import { type Provoke, real, type Stage, withHeaders } from './openapi-stage.ts'
import type { Make, World } from './openapi-world.ts'

const PATH = '/v1/buyers/best-leads'
const NOBODY = 'lead_7zzzzzzzzzzzzzzzzzzzzzzzzz'
const buyer = { price_minor: 1250, return_days: 3, post: { url: 'https://nobody.invalid/leads', fields: [] } }

const withBuyer = async ({ world: { call } }: Stage) => void (await call('PUT', PATH, buyer))

/** Gives a world the buyer of the examples. */
export async function fillBuyers({ call }: World, name: string): Promise<void> {
  await call('PUT', PATH, { ...buyer, name })
}

/** A sale that has begun. */
const sale: Make = async (call) => {
  await call('PUT', PATH, buyer)
  const lead_id = (await call('POST', '/v1/leads', { full_name: 'For sale' })).json().id
  return (await call('POST', '/v1/buyer-sales', { lead_id, buyer_key: 'best-leads' })).json().id
}

export const buyerMakers: Record<string, Make> = { sale }

/** An offer that was made, with its lead. */
export async function makeOffer({ call, service, workspaceId }: World): Promise<{ lead: string; offer: string }> {
  const lead = (await call('POST', '/v1/leads', { full_name: 'Offered' })).json().id
  await call('POST', '/v1/buyer-sales', { lead_id: lead, buyer_key: 'best-leads' })
  await runSales(service.ctx, workspaceId)
  return { lead, offer: (await call('GET', `/v1/buyer-offers?lead_id=${lead}`)).json().data[0].id }
}

/** An offer of the world in a state that no test can wait for. */
async function offerIn(stage: Stage, state: string): Promise<string> {
  const { call, service, workspaceId } = stage.world
  await withBuyer(stage)
  const lead_id = (await call('POST', '/v1/leads', { full_name: 'Sold' })).json().id
  await call('POST', '/v1/buyer-sales', { lead_id, buyer_key: 'best-leads' })
  await runSales(service.ctx, workspaceId)
  const text = `UPDATE buyer_offers SET state = $2, price_minor = 1250, answered_at = now() WHERE workspace_id = $1 RETURNING id`
  const rows = await service.ctx.db.query<{ id: string }>({ name: 'force_offer', text }, [workspaceId, state])
  return encodeTypeId('buyer_offer', rows[0]?.id ?? '')
}

const onOffer =
  (state: string): Provoke =>
  async (stage) => {
    const id = await offerIn(stage, state)
    const request = await real(stage)
    const answer = await stage.send({ ...request, path: request.path.replace(/offer_[^/]+/, id) })
    const { etag } = answer.headers
    if (request.method === 'get')
      await stage.send(
        withHeaders({ ...request, path: request.path.replace(/offer_[^/]+/, id) }, { 'if-none-match': String(etag) }),
      )
  }

const unchanged: Provoke = async (stage) => {
  await withBuyer(stage)
  const request = await real(stage)
  const { etag } = (await stage.send(request)).headers
  await stage.send(withHeaders(request, { 'if-none-match': String(etag) }))
}

export const buyerStages: Record<string, Provoke> = {
  'getBuyer 200': unchanged,
  'putBuyer 422': async (stage) =>
    stage.send({ ...(await real(stage)), body: JSON.stringify({ ...buyer, next_buyers: ['nobody'] }) }),
  'createBuyerSale 201': async (stage) => {
    await withBuyer(stage)
    await stage.send(await real(stage))
  },
  'createBuyerSale 422': async (stage) => {
    await withBuyer(stage)
    await stage.send({ ...(await real(stage)), body: JSON.stringify({ lead_id: NOBODY, buyer_key: 'best-leads' }) })
  },
  'getBuyerOffer 200': onOffer('sold'),
  'returnBuyerOffer 200': onOffer('sold'),
  'returnBuyerOffer 409': onOffer('rejected'),
  'resolveBuyerOffer 200': onOffer('in_doubt'),
  'resolveBuyerOffer 409': onOffer('rejected'),
}
