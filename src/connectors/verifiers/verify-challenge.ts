/**
 * Asks Turnstile, hCaptcha or reCAPTCHA about the answer of their widget. All three take secret and response and answer
 * the same JSON. Each answer is good once, so a verdict must be kept. The visitor's address is not passed on.
 */
import type { ChallengeState } from '../../domain/spam/decide-spam.ts'
import type { HttpClient } from '../http-client/http-client.ts'

export interface ChallengeQuestion {
  url: string
  secret: string
  response: string
  /** Hosts whose pages may use the form; empty means any. */
  hosts: readonly string[]
  /** Least score, for verifiers that give one. */
  minScore: number
}

/** Longest wait for a verifier: visitors wait for nothing, but their submissions do. */
const TIMEOUT_MS = 5_000

/** Faults of our side or theirs: they say nothing about the visitor. */
const NO_VERDICT = /internal-error|(missing|invalid)-input-secret|sitekey-secret-mismatch|bad-request/

interface Reply {
  success?: unknown
  score?: unknown
  hostname?: unknown
  'error-codes'?: unknown
}

export interface ChallengeAnswer {
  /** `solved`, `failed`, or `unavailable` when there was no verdict to be had. */
  state: ChallengeState
  /** True when the verifier itself did not answer, whoever asks. */
  is_down: boolean
}

/** One question to a verifier. */
export async function verifyChallenge(client: HttpClient, question: ChallengeQuestion): Promise<ChallengeAnswer> {
  const result = await client.request({
    method: 'POST',
    url: question.url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ secret: question.secret, response: question.response }).toString(),
    timeoutMs: TIMEOUT_MS,
  })
  const reply = result.ok && result.status === 200 ? parse(result.body) : null
  if (reply === null || typeof reply.success !== 'boolean') return { state: 'unavailable', is_down: true }
  return { state: stateOf(reply, question), is_down: false }
}

function stateOf(reply: Reply, question: ChallengeQuestion): ChallengeState {
  if (reply.success) return isOurs(reply, question) && isGood(reply, question) ? 'solved' : 'failed'
  return NO_VERDICT.test(JSON.stringify(reply['error-codes'] ?? '')) ? 'unavailable' : 'failed'
}

function parse(body: Buffer): Reply | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** An answer that was earned on another site is none for this form. */
function isOurs({ hostname }: Reply, { hosts }: ChallengeQuestion): boolean {
  return hosts.length === 0 || typeof hostname !== 'string' || hosts.includes(hostname)
}

function isGood({ score }: Reply, { minScore }: ChallengeQuestion): boolean {
  return typeof score !== 'number' || score >= minScore
}
