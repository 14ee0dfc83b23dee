/**
 * Idempotency-Key (api.md 26): a repeated request is done once and answered alike. The whole request is one transaction:
 * its effect and its answer are committed together, so there is no instant at which one exists without the other.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { joinedDatabase, runAsPart } from '../../db/joined-transaction.ts'
import { openSecret, SEAL_IV_BYTES, sealSecret } from '../../domain/sealed-secret.ts'
import { decodeTypeId, formatUuid, typeIdPattern } from '../../domain/type-id.ts'
import { ApiError } from '../../errors.ts'
import type { RenderedAnswer } from '../rendered-answer.ts'
import { claimRequest, isAnyErased, type KeptAnswer, keepAnswer } from './kept-answers.ts'

/**
 * Failures that are an outcome of the operation and are kept. The others come before it (400, 401, 403, 412, 428), may
 * pass by themselves (429, 5xx), and would be wrong under a key that the caller may use again after mending them.
 */
const KEPT_FAILURES = new Set([404, 409, 410, 422])

export interface RepeatableRequest {
  workspaceId: string
  /** What a key of a caller belongs to: API key, method and path. */
  scope: string
  idempotencyKey: string
  /** Query and bytes of the body: what must be the same when a key is used again. */
  content: (string | Buffer)[]
  /** The secret that came with the request; the kept answer is sealed with it. */
  secret: string
  /** True when the answer may tell who somebody is. */
  isPersonal: boolean
}

/** How the work of a request is done and told: by the ctx that it is given, and in bytes. */
export interface RepeatableWork {
  run(ctx: Ctx): Promise<RenderedAnswer>
  describe(failure: ApiError): RenderedAnswer
}

/** Answers a request, or repeats the answer that it had. Throws 409 while it runs elsewhere, 422 for another request. */
export async function answerOnce(ctx: Ctx, request: RepeatableRequest, work: RepeatableWork): Promise<RenderedAnswer> {
  const requestKey = digest([request.scope, '\0', request.idempotencyKey])
  const fingerprint = digest(request.content)
  let deeds: (() => void)[] = []
  const answer = await withWorkspace(ctx.db, request.workspaceId, async (tx) => {
    const { free, kept } = await claimRequest(tx, requestKey)
    if (kept !== undefined) {
      const answer = repeated(kept, fingerprint, request.secret, requestKey)
      if (request.isPersonal) await requireNobodyErased(tx, answer)
      return answer
    }
    if (!free) throw inUse()
    const done = await attempt(ctx, tx, work)
    deeds = done.deeds
    const { body } = done.answer
    const sealed = body && seal(body, request.secret, requestKey)
    // After all other steps of the commit; the unique key decides where no lock could.
    const answered = { ...done.answer, fingerprint, body: sealed }
    tx.beforeCommit({
      run: async () => {
        if (!(await keepAnswer(tx, requestKey, answered, ctx.now()))) throw inUse()
      },
    })
    return done.answer
  })
  for (const deed of deeds) deed()
  return answer
}

/** A failure that is an outcome undoes the work, but not the transaction that keeps it. */
async function attempt(ctx: Ctx, tx: Tx, { run, describe }: RepeatableWork) {
  const deeds: (() => void)[] = []
  try {
    return { answer: await runAsPart(tx, () => run(bindCtx(ctx, tx, deeds))), deeds }
  } catch (error) {
    if (error instanceof ApiError && KEPT_FAILURES.has(error.status)) return { answer: describe(error), deeds: [] }
    throw error
  }
}

function repeated(kept: KeptAnswer, fingerprint: string, secret: string, requestKey: string): RenderedAnswer {
  const body = kept.body && unseal(kept.body, secret, requestKey)
  if (kept.fingerprint !== fingerprint || (kept.body !== null && body === null)) {
    throw new ApiError(
      'idempotency_key_reused',
      'This Idempotency-Key came with another request before; use a new one.',
    )
  }
  const { status, headers, content_type } = kept
  return { status, headers: { ...headers, 'idempotent-replayed': 'true' }, content_type, body }
}

const LEAD_ID = new RegExp(typeIdPattern('lead').slice(1, -1), 'g')

/** What was told of a person who was erased since is told to nobody again: it lies sealed until it is forgotten. */
async function requireNobodyErased(tx: Tx, { body }: RenderedAnswer): Promise<void> {
  const ids = body?.toString().match(LEAD_ID) ?? []
  const uuids = [...new Set(ids)].flatMap((id) => decodeTypeId('lead', id) ?? [])
  if (uuids.length === 0 || !(await isAnyErased(tx, uuids))) return
  throw new ApiError(
    'idempotency_key_reused',
    'What was answered under this Idempotency-Key is about a person who was erased since; use a new one.',
  )
}

/**
 * Answers may hold people and new API keys. Sealed with what the caller sent to be let in, they can be read by nobody who
 * has the database alone, ourselves included.
 */
function seal(body: Buffer, secret: string, requestKey: string): Buffer {
  return sealSecret(Buffer.from(secret), requestKey, body.toString(), randomBytes(SEAL_IV_BYTES))
}

/** Null when the key has been given another secret since. */
function unseal(sealed: Buffer, secret: string, requestKey: string): Buffer | null {
  try {
    return Buffer.from(openSecret(Buffer.from(secret), requestKey, sealed))
  } catch {
    return null
  }
}

function inUse(): ApiError {
  return new ApiError('idempotency_key_in_use', 'The first request with this Idempotency-Key is still running.', {
    headers: { 'retry-after': '1' },
  })
}

/** The service as the request's transaction sees it. */
function bindCtx(service: Ctx, tx: Tx, deeds: (() => void)[]): Ctx {
  return {
    ...service,
    db: joinedDatabase(service.db, tx),
    // A worker that is told too early finds nothing to do.
    hints: { ...service.hints, give: (...hint) => deeds.push(() => service.hints.give(...hint)) },
    bound: { service, afterCommit: deeds },
  }
}

/** 128 bits of SHA-256: no two requests of one workspace meet by chance. */
function digest(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return formatUuid(hash.digest().subarray(0, 16))
}
