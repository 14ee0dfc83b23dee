// An event is what somebody did at a moment: a lead that is known, or a visitor who is not yet. It is kept as it came;
// only what a program of ours decides about it (whose it is, whether a machine did it) may change later.
import { formatUuid } from '../type-id.ts'

/** Longest name: conditions compare it exactly, and each counter repeats it. */
export const EVENT_NAME_LENGTH = 100
/** Members of `properties`, and the bytes of all of them as JSON: enough for a cart, too little for a page. */
export const MAX_EVENT_PROPERTIES = 50
export const EVENT_PROPERTIES_BYTES = 8_192
/** Longest id that a sender may give an event. */
export const EVENT_ID_LENGTH = 200
/** Visitor ids are made by our tracker (32 hexadecimal digits) or by another that a website has already. */
export const VISITOR_ID_PATTERN = '^[A-Za-z0-9._:-]{8,100}$'

const VISITOR_ID = new RegExp(VISITOR_ID_PATTERN)

/** Whether a text can be the id of a visitor. */
export function isVisitorId(text: string): boolean {
  return VISITOR_ID.test(text)
}

/** One event as it is stored. */
export interface StoredEvent {
  id: string
  occurred_at: string
  lead_id: string | null
  visitor_id: string | null
  name: string
  properties: Record<string, unknown>
  /** Which door it came by: `api` or `tracker`. */
  source: string
  url: string | null
  /** 0 to 1. */
  bot_probability: number
  /** The verdict: such an event is kept and counted apart. */
  is_bot: boolean
  /** What spoke for a machine; null when nothing did. */
  bot_signs: string[] | null
  received_at: string
}

/**
 * The id of an event: its time in milliseconds, then random bits, as a UUIDv7. So the id alone leads to the partition,
 * and rows are inserted at the end of their index. `random` has at least ten bytes from `at`.
 */
export function makeEventId(occurredAt: number, random: Uint8Array, at = 0): string {
  const bytes = new Uint8Array(16)
  for (let i = 5, rest = occurredAt; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
  bytes.set(random.subarray(at, at + 10), 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return formatUuid(bytes)
}

/** When the event of an id occurred, in epoch milliseconds. */
export function timeOfEventId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
