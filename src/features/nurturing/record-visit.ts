/** Opens and clicks: the address that was stored with the mail, and the visit with how likely a machine made it. */
import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Ctx } from '../../ctx.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { makeEventId } from '../../domain/behaviour/event.ts'
import { judgeVisit } from '../../domain/mail/judge-visit.ts'
import { readRef } from '../../domain/mail/link-ref.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { appendEvents } from '../../pipeline/events/append-events.ts'
import { requireEventPartitions } from '../../pipeline/events/partitions.ts'
import { refKeys } from '../../pipeline/mail/mail-links.ts'
import { MACHINE_PERCENT, recordMailEvents } from '../../pipeline/mail/record-mail-events.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { findMessage, findMessageBody } from './message-queries.ts'

/** The same visit within this time is one: a pixel that is loaded a thousand times is no crowd. */
const SAME_VISIT_MS = { open: 60_000, click: 10_000 }

const recentStatement: Statement = {
  name: 'count_recent_links',
  text: `SELECT count(DISTINCT url)::int AS count FROM message_events WHERE workspace_id = $1 AND message_id = $2 AND type = 'clicked'
    AND occurred_at > $3 AND url IS DISTINCT FROM $4`,
}

/** Records a visit; returns where a click leads, null when nowhere. */
export async function recordVisit(
  ctx: Ctx,
  kind: 'open' | 'click',
  text: string,
  request: FastifyRequest,
): Promise<string | null> {
  const ref = readRef(refKeys(ctx), kind, text)
  if (ref === undefined) return null
  const { workspace_id, id, index } = ref
  const message = await findMessage(ctx.db, workspace_id, id)
  if (message === undefined) return null
  const body = kind === 'click' ? await findMessageBody(ctx.db, workspace_id, id) : undefined
  const url = body?.links[index] ?? null
  if (kind === 'click' && url === null) return null
  try {
    await requireEventPartitions(ctx)
    await withJourney(ctx.db, workspace_id, (tx) => record(ctx, tx, kind, message, url, request))
  } catch (error) {
    // Whoever clicks gets where they want, whatever our books say.
    ctx.log.warn({ kind: error instanceof Error ? error.name : 'unknown' }, 'a visit from a mail could not be recorded')
  }
  return url
}

async function record(
  ctx: Ctx,
  tx: Tx,
  kind: 'open' | 'click',
  message: MessageFacts,
  url: string | null,
  request: FastifyRequest,
): Promise<void> {
  const now = ctx.now()
  const since = new Date(now.getTime() - 10_000).toISOString()
  const [others] =
    kind === 'open' ? [] : await tx.query<{ count: number }>(recentStatement, [tx.workspaceId, message.id, since, url])
  const percent = judgeVisit({
    kind,
    isHead: request.method === 'HEAD',
    userAgent: request.headers['user-agent'] ?? '',
    address: request.ip,
    isPrefetch: /prefetch|preview/i.test(String(request.headers['purpose'] ?? request.headers['sec-purpose'] ?? '')),
    sinceHandedMs: message.handed_at === null ? null : now.getTime() - Date.parse(message.handed_at),
    recentLinks: (others?.count ?? 0) + 1,
  })
  const window = Math.floor(now.getTime() / SAME_VISIT_MS[kind])
  // A gateway that looks at a mail as it arrives must not hide the person who opens it at once.
  const visitor = percent >= MACHINE_PERCENT ? 'machine' : 'person'
  const fresh = await recordMailEvents(
    tx,
    [
      {
        message_id: message.id,
        type: kind === 'open' ? 'opened' : 'clicked',
        occurred_at: now.toISOString(),
        dedupe_key: `${kind}:${message.id}:${url ?? ''}:${window}:${visitor}`,
        machine_percent: percent,
        ...(url !== null && { url }),
      },
    ],
    now,
  )
  if (fresh.length > 0 && message.lead_id !== null) await tellBehaviour(tx, kind, message, url, percent, now)
}

/** What the lead did counts for scores, segments and sequences like any behaviour. */
async function tellBehaviour(
  tx: Tx,
  kind: 'open' | 'click',
  message: MessageFacts,
  url: string | null,
  percent: number,
  now: Date,
): Promise<void> {
  const at = now.toISOString()
  const event = {
    id: makeEventId(now.getTime(), randomBytes(10)),
    event_key: null,
    occurred_at: at,
    lead_id: message.lead_id,
    visitor_id: null,
    name: kind === 'open' ? 'email_opened' : 'email_clicked',
    properties: {
      message_id: encodeTypeId('message', message.id),
      ...(message.template_key !== null && { template_key: message.template_key }),
      ...(message.sequence_key !== null && { sequence_key: message.sequence_key }),
    },
    source: 'mail',
    url,
    bot_probability: percent / 100,
    is_bot: percent >= MACHINE_PERCENT,
    bot_signs: null,
    received_at: at,
  }
  await appendEvents(tx, [event], at)
}
