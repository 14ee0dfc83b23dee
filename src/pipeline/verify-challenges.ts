/**
 * Asks the verifiers about the answers of a batch, outside of any transaction, and keeps what they said: each answer can
 * be asked about once. A verifier that is down is left alone for a while, so that it holds up nobody; meanwhile, as the
 * forms declare, what it should have judged goes to quarantine.
 */
import { outbound } from '../connectors/http-client/outbound.ts'
import { verifyChallenge } from '../connectors/verifiers/verify-challenge.ts'
import { type Ctx, perCtx } from '../ctx.ts'
import { withWorkspace } from '../db/client.ts'
import type { FormDefinition } from '../domain/form.ts'
import { originOf } from '../domain/form-faults.ts'
import { openSecret } from '../domain/sealed-secret.ts'
import { challengePlace } from '../domain/spam/challenge-place.ts'
import type { ChallengeState } from '../domain/spam/decide-spam.ts'
import { type SubmissionBatch, versionKey } from './claim-batch.ts'
import { type ClaimedSubmission, findChallengeSecret, keepChallengeStates } from './submission-queries.ts'

/** How long a verifier that did not answer is not asked. */
const PAUSE_MS = 30_000

/** URL of a verifier -> when it may be asked again. */
const pauses = perCtx(() => new Map<string, number>())

/** Fills in `evidence.challenge` of the batch's submissions. */
export async function verifyChallenges(ctx: Ctx, workspaceId: string, batch: SubmissionBatch): Promise<void> {
  const asked = batch.claimed.flatMap((submission) => {
    const form = batch.forms.get(versionKey(submission))
    const url = form === undefined ? undefined : verifierOf(ctx, form)
    return form !== undefined && url !== undefined && isOpen(submission) ? [{ submission, form, url }] : []
  })
  if (asked.length === 0) return
  const secrets = await loadSecrets(ctx, workspaceId, new Set(asked.map(({ submission }) => submission.form_key)))
  const states = new Map<string, ChallengeState>()
  await Promise.all(
    asked.map(async ({ submission, form, url }) => {
      const state = await ask(ctx, url, secrets.get(submission.form_key), submission, form)
      // Without a verdict the answer is kept: a later run may still get one.
      if (state === 'unavailable') return
      submission.context = { ...submission.context, evidence: { ...submission.context.evidence, challenge: state } }
      states.set(submission.id, state)
    }),
  )
  if (states.size > 0) await withWorkspace(ctx.db, workspaceId, (tx) => keepChallengeStates(tx, states))
}

function verifierOf({ config }: Ctx, { spam }: FormDefinition): string | undefined {
  const urls: Record<string, string> = {
    turnstile: config.TURNSTILE_VERIFY_URL,
    hcaptcha: config.HCAPTCHA_VERIFY_URL,
    recaptcha: config.RECAPTCHA_VERIFY_URL,
  }
  return urls[spam.challenge]
}

const isOpen = ({ released_by, context: { evidence } }: ClaimedSubmission) =>
  released_by === null && evidence?.challenge_response !== undefined && evidence.challenge === undefined

async function loadSecrets(ctx: Ctx, workspaceId: string, formKeys: Set<string>): Promise<Map<string, string>> {
  return await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const secrets = new Map<string, string>()
    for (const formKey of formKeys) {
      const sealed = await findChallengeSecret(tx, formKey)
      if (sealed !== undefined)
        secrets.set(formKey, openSecret(ctx.secret, challengePlace(workspaceId, formKey), sealed))
    }
    return secrets
  })
}

async function ask(
  ctx: Ctx,
  url: string,
  secret: string | undefined,
  { context }: ClaimedSubmission,
  form: FormDefinition,
): Promise<ChallengeState> {
  if (secret === undefined || (pauses(ctx).get(url) ?? 0) > performance.now()) return 'unavailable'
  const { state, is_down } = await verifyChallenge(outbound(ctx), {
    url,
    secret,
    response: context.evidence?.challenge_response ?? '',
    hosts: form.allowed_origins.flatMap((origin) => (originOf(origin) === null ? [] : [new URL(origin).hostname])),
    minScore: form.spam.challenge_min_score,
  })
  // A wrong secret of one form is no reason to leave the others unasked.
  if (is_down) pauses(ctx).set(url, performance.now() + PAUSE_MS)
  if (state === 'unavailable')
    ctx.log.warn({ challenge: form.spam.challenge, is_down }, 'the verifier of a challenge gave no verdict')
  return state
}
