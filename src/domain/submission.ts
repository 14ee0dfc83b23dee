// A submission is raw intake as received: durable, replayable, not yet a lead. It always ends in a visible
// state with a reason (domain.md, ground rule 1).

import type { ChallengeState } from './spam/decide-spam.ts'
import type { TokenState } from './timing-token.ts'

/** `received` waits for the pipeline; the others are ends, each of which can be replayed. */
export const SUBMISSION_STATES = ['received', 'processed', 'quarantined', 'failed'] as const
export type SubmissionState = (typeof SUBMISSION_STATES)[number]

/** Fields exactly as they were sent, known to the form or not. */
export type SubmissionPayload = Record<string, unknown>

/** A file that came along; its bytes are stored apart. */
export interface SubmittedFile {
  field_name: string
  file_name: string
  content_type: string
  size_bytes: number
  file_id: string
}

/** What came with the fields: never decides who somebody is. */
export interface SubmissionContext {
  /** Network prefix (/24 or /48), never the full address. */
  ip_prefix?: string
  user_agent?: string
  origin?: string
  referrer?: string
  page_url?: string
  /** First page of the visit, which may be days and pages ago. */
  landing_page?: string
  language?: string
  visitor_id?: string
  /** utm_* and click ids, as text. */
  attribution?: Record<string, string>
  files?: SubmittedFile[]
  evidence?: ArrivalEvidence
}

/** What only the moment of arrival can tell about a submission, for the spam verdict. */
export interface ArrivalEvidence {
  token?: TokenState
  token_id?: string | null
  token_issued_at?: string | null
  /** Leading zero bits of the proof of work. */
  work_bits?: number
  /** Answer of a widget, until its verifier was asked; afterwards what the verifier said. */
  challenge_response?: string
  challenge?: ChallengeState
}
