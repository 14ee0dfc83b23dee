// One press of a button is one submission, however often it arrives. With an Idempotency-Key, the key decides. Without
// one, equal content does, within a window: two half-overlapping windows are both unique keys, so two equal
// submissions less than half a window apart always meet in one of them, and no clock edge lets a double click through.
import { createHash } from 'node:crypto'
import type { SubmissionPayload } from './submission.ts'
import { formatUuid } from './type-id.ts'

export interface SubmissionKeys {
  dedupe_a: string
  dedupe_b: string
  content_hash: string
}

/** First 128 bits of a SHA-256 as a uuid: small in an index, and nobody can craft a collision that matters. */
export function digest(...parts: string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return formatUuid(hash.digest())
}

/** Keys of a submission. `windowSeconds` is the longest time in which equal content may count as one. */
export function submissionKeys(
  formKey: string,
  payload: SubmissionPayload,
  idempotencyKey: string | null,
  now: Date,
  windowSeconds: number,
): SubmissionKeys {
  const content_hash = digest(formKey, canonical(payload))
  if (idempotencyKey !== null) {
    return {
      dedupe_a: digest('key', formKey, idempotencyKey),
      dedupe_b: digest('key again', formKey, idempotencyKey),
      content_hash,
    }
  }
  const window = now.getTime() / 1000 / windowSeconds
  return {
    dedupe_a: digest('a', content_hash, String(Math.floor(window))),
    dedupe_b: digest('b', content_hash, String(Math.floor(window + 0.5))),
    content_hash,
  }
}

/** The payload as text, independent of the order of its members. */
function canonical(payload: SubmissionPayload): string {
  const names = Object.keys(payload).sort()
  return JSON.stringify(names.map((name) => [name, payload[name]]))
}
