/** How a mail leaves: by SMTP, or into a file where no server is set up. */

/** One mail for one recipient, as bytes that are never changed again. */
export interface Parcel {
  id: string
  /** Envelope sender: where bounces come back to. */
  from: string
  to: string
  bytes: Buffer
}

/**
 * What became of a parcel. Only a numeric reply tells; nothing is ever concluded from the code of an error, since the
 * library reports every dropped connection alike (S1).
 */
export type Delivery =
  | { outcome: 'accepted'; response: string }
  /** A reply of the server, 4xx or 5xx, and to what. */
  | { outcome: 'refused'; status: number; response: string; at: 'session' | 'sender' | 'recipient' | 'content' }
  /** The gate said no, and no byte of the mail was sent. */
  | { outcome: 'stopped' }
  /** It broke before a byte of the mail was sent: trying again is safe. */
  | { outcome: 'unreached'; detail: string }
  /** It broke after the mail had begun to leave, without a reply: a copy may exist. */
  | { outcome: 'unknown'; detail: string }

export interface Courier {
  /** Asks `mayHandOver` when the recipient is accepted and before the first byte of the mail leaves. */
  deliver(parcel: Parcel, mayHandOver: () => Promise<boolean>): Promise<Delivery>
  close(): void
}
