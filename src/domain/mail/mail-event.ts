// What can be told about a mail that left. A tally keeps the first moment of each, and counts opens and clicks; those of
// machines (gateways that look at every link, proxies that load every picture) are counted apart.
import type { MessageTally } from './message.ts'

export const MAIL_EVENT_TYPES = [
  'delivered',
  'opened',
  'clicked',
  'bounced',
  'complained',
  'replied',
  'unsubscribed',
] as const
export type MailEventType = (typeof MAIL_EVENT_TYPES)[number]

export interface MailEvent {
  message_id: string
  type: MailEventType
  occurred_at: string
  /** The same for an event that is told twice. */
  dedupe_key: string
  machine_percent?: number
  url?: string
  /** `dead_mailbox: true` of a bounce suppresses the address. */
  data?: Record<string, unknown>
}

/** The tally after an event. */
export function addToTally(
  tally: MessageTally,
  event: Pick<MailEvent, 'type' | 'occurred_at'>,
  byMachine: boolean,
): MessageTally {
  const at = event.occurred_at
  switch (event.type) {
    case 'opened':
      if (byMachine) return { ...tally, machine_opens: tally.machine_opens + 1 }
      return { ...tally, opens: tally.opens + 1, opened_at: earlier(tally.opened_at, at) }
    case 'clicked':
      if (byMachine) return { ...tally, machine_clicks: tally.machine_clicks + 1 }
      return { ...tally, clicks: tally.clicks + 1, clicked_at: earlier(tally.clicked_at, at) }
    default: {
      const field = `${event.type}_at` as const
      return { ...tally, [field]: earlier(tally[field], at) }
    }
  }
}

const earlier = (known: string | null, at: string) => (known === null || at < known ? at : known)
