/** Caps of buyers. A place is taken before anybody is called, and given back when the lead goes elsewhere. */
import type { Statement, Tx } from '../../db/client.ts'
import type { BuyerDefinition } from '../../domain/buyer/buyer.ts'
import { dayNumber, writeDay } from '../../domain/routing/local-day.ts'
import type { OfferRow } from './sale-queries.ts'

/** The period of the cap over all time. */
export const TOTAL = 'total'

// The row lock orders those who want the last place; the condition refuses the one who comes too late.
const takeStatement: Statement = {
  name: 'take_buyer_quota',
  text: `INSERT INTO buyer_quotas AS q (workspace_id, buyer_key, period, used) SELECT $1, $2, $3, 1 WHERE $4::int IS NULL OR $4 > 0
    ON CONFLICT (workspace_id, buyer_key, period) DO UPDATE SET used = q.used + 1 WHERE $4::int IS NULL OR q.used < $4
    RETURNING used`,
}
const giveStatement: Statement = {
  name: 'give_buyer_quota',
  text: `UPDATE buyer_quotas AS q SET used = q.used - g.places FROM (
      SELECT buyer_key, period, count(*)::int AS places FROM unnest($2::text[], $3::text[]) AS p (buyer_key, period)
      GROUP BY buyer_key, period) AS g
    WHERE q.workspace_id = $1 AND q.buyer_key = g.buyer_key AND q.period = g.period`,
}

/** The day of a buyer's cap. */
export function capDay({ time_zone }: BuyerDefinition, now: Date): string {
  return writeDay(dayNumber(time_zone, now.getTime()))
}

export type Reservation = { ok: true; day: string } | { ok: false; reason: 'cap_day' | 'cap_total' }

/** Takes a place of a buyer's caps; buyers are asked in the order of their keys, so that sales wait in one order. */
export async function takePlace(
  tx: Tx,
  buyerKey: string,
  definition: BuyerDefinition,
  now: Date,
): Promise<Reservation> {
  const day = capDay(definition, now)
  const take = async (period: string, cap: number | null) =>
    (await tx.query(takeStatement, [tx.workspaceId, buyerKey, period, cap])).length === 1
  if (!(await take(TOTAL, definition.cap_total))) return { ok: false, reason: 'cap_total' }
  if (await take(day, definition.cap_day)) return { ok: true, day }
  await tx.query(giveStatement, [tx.workspaceId, [buyerKey], [TOTAL]])
  return { ok: false, reason: 'cap_day' }
}

/** Gives back the places of offers that hold one; returns the offers without them. */
export async function givePlaces(tx: Tx, offers: OfferRow[]): Promise<OfferRow[]> {
  const held = offers.filter(({ reserved_day }) => reserved_day !== null)
  if (held.length > 0) {
    const keys = held.flatMap(({ buyer_key }) => [buyer_key, buyer_key])
    const periods = held.flatMap(({ reserved_day }) => [TOTAL, reserved_day])
    await tx.query(giveStatement, [tx.workspaceId, keys, periods])
  }
  return offers.map((offer) => ({ ...offer, reserved_day: null }))
}
