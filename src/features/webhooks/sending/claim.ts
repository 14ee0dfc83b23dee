/** Taking due deliveries with everything that their calls need, in one short transaction. */
import { LRUCache } from 'lru-cache'
import { type ChangeRow, toChangeEvent } from '../../../changes/change-event.ts'
import { type Ctx, perCtx } from '../../../ctx.ts'
import { type Tx, withWorkspace } from '../../../db/client.ts'
import { foldChanges } from '../../../domain/webhook/fold-changes.ts'
import { openPart, openSecrets } from '../endpoint-secrets.ts'
import {
  type ClaimedDelivery,
  claimDeliveries,
  type FreeCalls,
  listChangesToSend,
  listFoldedChanges,
  listTargets,
  type Target,
} from '../sending-queries.ts'
import type { Receiver } from './call-receiver.ts'

/** A delivery with its call; without a body when its change has left the feed. */
export interface ReadyDelivery {
  delivery: ClaimedDelivery
  receiver: Receiver
  body: string | null
}

/** Claims what is due, as far as calls are free. */
export async function claimReady(ctx: Ctx, workspaceId: string, free: FreeCalls): Promise<ReadyDelivery[]> {
  // A call may last as long as the time-out; only then does the lease count.
  const lease = Math.ceil(ctx.config.WEBHOOK_TIMEOUT_MS / 1000) + ctx.config.LEASE_SECONDS
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const claimed = await claimDeliveries(tx, free, lease)
    if (claimed.length === 0) return []
    const endpointIds = [...new Set(claimed.map(({ endpoint_id }) => endpoint_id))]
    const [targets, bodies] = await Promise.all([listTargets(tx, endpointIds), bodiesOf(tx, claimed)])
    const receivers = new Map(targets.map((target) => [target.id, receiverOf(ctx, workspaceId, target)]))
    return claimed.flatMap((delivery) => {
      const receiver = receivers.get(delivery.endpoint_id)
      return receiver === undefined ? [] : [{ delivery, receiver, body: bodies.get(delivery) ?? null }]
    })
  })
}

/** The bodies of deliveries; a change for 500 endpoints is read and written as text once. */
async function bodiesOf(tx: Tx, claimed: ClaimedDelivery[]): Promise<Map<ClaimedDelivery, string>> {
  const single = claimed.filter(
    ({ body, sequence, first_sequence: first }) => !body && (first ?? sequence) === sequence,
  )
  const sequences = [...new Set(single.map(({ sequence }) => sequence as number))]
  const changes = sequences.length === 0 ? [] : await listChangesToSend(tx, sequences)
  const texts = new Map(changes.map((change) => [change.sequence, textOf(change)]))
  const bodies = new Map<ClaimedDelivery, string>()
  for (const delivery of claimed) {
    const text = delivery.body
      ? JSON.stringify(delivery.body)
      : (texts.get(delivery.sequence as number) ?? (await foldedText(tx, delivery)))
    if (text !== undefined) bodies.set(delivery, text)
  }
  return bodies
}

async function foldedText(tx: Tx, delivery: ClaimedDelivery): Promise<string | undefined> {
  if (delivery.first_sequence === null) return undefined
  const folded = foldChanges(await listFoldedChanges(tx, delivery))
  return folded && textOf(folded)
}

const textOf = (change: ChangeRow) => JSON.stringify(toChangeEvent(change))

/** Opened secrets by version of the endpoint: opening costs as much as signing a hundred bodies. */
const opened = perCtx(() => new LRUCache<string, Receiver>({ max: 2_000 }))

function receiverOf(ctx: Ctx, workspaceId: string, target: Target): Receiver {
  const { id, version, url, headers, previous_secret } = target
  const key = `${id}/${version}/${previous_secret === null ? 1 : 2}`
  const known = opened(ctx).get(key)
  if (known !== undefined) return known
  const receiver: Receiver = {
    url,
    headers: headers === null ? {} : JSON.parse(openPart(ctx, workspaceId, id, 'headers', headers)),
    secrets: openSecrets(ctx, workspaceId, id, target),
  }
  opened(ctx).set(key, receiver)
  return receiver
}
