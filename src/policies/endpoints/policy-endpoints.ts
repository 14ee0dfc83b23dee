/**
 * What the endpoints of every kind of policy do. A room says what is its own (kind, body, faults, what follows a
 * publication) and gets the handlers of its route files; each file still tells its address, words and schemas itself.
 *
 *   export const segments = policyEndpoints<SegmentDefinition, SegmentBody>({ kind: 'segment', ... })
 *   // routes/get-segment.ts: defineRoute({ ..., access: segments.reads, handle: segments.get })
 */

import type { Caller, Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import type { ExpectedVersion } from '../../domain/expected-version.ts'
import type { PolicyKind, PublishedPolicy } from '../../domain/policy.ts'
import { diffDefinitions } from '../../domain/policy-diff.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import type { Access, Scope } from '../../http/access.ts'
import { created, noContent, ok, okWithEtag } from '../../http/answers.ts'
import { etagOf, expectedVersion, isCreateOnly } from '../../http/etag.ts'
import { readCursor, toPage, writeCursor } from '../../http/paging.ts'
import type { Answer, Call } from '../../http/route.ts'
import {
  findPolicy,
  findPolicyVersion,
  listPolicies,
  listPolicyVersions,
  type Policy,
  type PolicyVersion,
} from '../policy-queries.ts'
import { publishDraft, retirePolicy, saveDraft } from '../policy-store.ts'

export interface PolicyEndpointsSpec<Definition extends object, Body> {
  kind: PolicyKind
  /** What people call one, such as `score model`. */
  noun: string
  /** Address of the collection below `/v1`, such as `/score-models`. */
  path: string
  /** Name of the path parameter that holds the key, such as `model_key`. */
  parameter: string
  scopes: { read: Scope; write: Scope }
  /** The definition that a body means, complete with its defaults. */
  toDefinition(body: Body, key: string): Definition
  /** A stored definition with what was added to its kind since an earlier release stored it. */
  complete?(stored: Definition): Definition
  /** What is wrong with a definition in this workspace, with pointers into it; asked when saved and when published. */
  findFaults(tx: Tx, definition: Definition, key: string, ctx: Ctx): Promise<ProblemItem[]>
  /**
   * What its conditions name and is not there; asked only when it is published, for drafts are prepared in any order. The
   * pipeline has one function for all kinds, which this folder may not import.
   */
  findMissing(tx: Tx, definition: Definition): Promise<ProblemItem[]>
  /** What follows a publication, in its transaction: marks of work, the start of an operation. */
  onPublish?(
    ctx: Ctx,
    tx: Tx,
    caller: Caller,
    published: PublishedPolicy<Definition>,
    previous: PublishedPolicy<Definition> | null,
  ): Promise<void>
  /** May refuse to take a policy out of use that is in use; in the transaction that has, under the lock on policies. */
  requireUnused?(tx: Tx, key: string): Promise<void>
  /** What follows when a policy was taken out of use, in its transaction. */
  onRetire?(ctx: Ctx, tx: Tx, caller: Caller, key: string): Promise<void>
}

type Params = Record<string, unknown>
type Paging = { limit: number; cursor?: string }

const SECRET = { auth: 'secret', tenant_bound: true, idempotent: false, rate_class: 'default', pii_out: false } as const

/** The handlers and access declarations of a kind of policy. */
export function policyEndpoints<Definition extends object, Body>(spec: PolicyEndpointsSpec<Definition, Body>) {
  const { kind, noun } = spec
  const keyOf = (params: Params) => String(params[spec.parameter])
  const placeOf = (ctx: Ctx, params: Params) => ({ kind, key: keyOf(params), now: ctx.now() })
  const reads: Access = { ...SECRET, scope: spec.scopes.read }
  const writes: Access = { ...SECRET, scope: spec.scopes.write }

  const completed = <V extends Pick<PolicyVersion, 'definition'>>(version: V): V =>
    // A room stores definitions of its own kind only, and an object is a map of its members.
    spec.complete === undefined
      ? version
      : { ...version, definition: spec.complete(version.definition as Definition) as Record<string, unknown> }
  const answerOf = ({ draft, published, ...policy }: Policy) =>
    toPolicyAnswer({ ...policy, draft: draft && completed(draft), published: published && completed(published) })

  /** Publishes the draft, for services that do more with it than `publish` does. */
  const publishIn = async (ctx: Ctx, tx: Tx, caller: Caller, key: string, ifMatch: ExpectedVersion) => {
    const result = await publishDraft(tx, caller, { kind, key, now: ctx.now() }, ifMatch)
    const published = toPublished<Definition>(key, completed(result.published))
    const faults = [
      ...(await spec.findFaults(tx, published.definition, key, ctx)),
      ...(await spec.findMissing(tx, published.definition)),
    ]
    // It was right when it was saved: what it names has changed since.
    if (faults.length > 0) throw new ApiError('unprocessable', faults[0]?.detail ?? '', { items: faults })
    const previous = result.previous && toPublished<Definition>(key, result.previous)
    await spec.onPublish?.(ctx, tx, caller, published, previous)
    return { policy: result.policy, published, previous }
  }

  return {
    reads,
    writes,
    /** Access of POSTs that may be repeated under an Idempotency-Key. */
    acts: { ...writes, idempotent: true } satisfies Access,
    publishIn,

    async list(
      ctx: Ctx,
      { caller: { workspaceId }, query: { limit, cursor } }: Call<undefined, Paging>,
    ): Promise<Answer> {
      const scope = { secret: ctx.secret, workspaceId, operation: `list ${kind}`, query: null }
      const [after] = cursor === undefined ? [null] : readCursor(scope, cursor)
      const rows = await listPolicies(ctx.db, workspaceId, kind, after as string | null, limit + 1)
      return ok(toPage(rows, limit, answerOf, (row) => writeCursor(scope, [row.policy_key])))
    },

    async get(ctx: Ctx, { caller, params }: Call<Params>): Promise<Answer> {
      const policy = await findPolicy(ctx.db, caller.workspaceId, kind, keyOf(params))
      if (policy === undefined) throw notFound(noun)
      return okWithEtag(answerOf(policy))
    },

    async put(ctx: Ctx, { caller, params, body, request }: Call<Params, unknown, Body>): Promise<Answer> {
      const definition = spec.toDefinition(body, keyOf(params))
      const expected = { ifMatchVersion: expectedVersion(request), createOnly: isCreateOnly(request) }
      const saved = await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
        const faults = await spec.findFaults(tx, definition, keyOf(params), ctx)
        if (faults.length > 0) throw validationFailed(faults)
        return await saveDraft(tx, caller, placeOf(ctx, params), definition, expected)
      })
      const answer = answerOf(saved.policy)
      return saved.created ? created(answer, `/v1${spec.path}/${answer.key}`) : okWithEtag(answer)
    },

    async publish(ctx: Ctx, { caller, params, request }: Call<Params>): Promise<Answer> {
      const { policy } = await withWorkspace(ctx.db, caller.workspaceId, (tx) =>
        publishIn(ctx, tx, caller, keyOf(params), expectedVersion(request)),
      )
      return okWithEtag(answerOf(policy))
    },

    async retire(ctx: Ctx, { caller, params, request }: Call<Params>): Promise<Answer> {
      await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
        const { retired } = await retirePolicy(tx, caller, placeOf(ctx, params), expectedVersion(request))
        if (retired) await spec.requireUnused?.(tx, keyOf(params))
        await spec.onRetire?.(ctx, tx, caller, keyOf(params))
      })
      return noContent()
    },

    async listVersions(ctx: Ctx, { caller, params, query: { limit, cursor } }: Call<Params, Paging>): Promise<Answer> {
      const { workspaceId } = caller
      const key = keyOf(params)
      const scope = { secret: ctx.secret, workspaceId, operation: `versions of ${kind}`, query: key }
      const [before] = cursor === undefined ? [null] : readCursor(scope, cursor)
      const rows = await listPolicyVersions(ctx.db, workspaceId, kind, key, before as number | null, limit + 1)
      // Every policy has a version; none at all means no policy.
      if (rows.length === 0 && before === null) throw notFound(noun)
      return ok(toPage(rows, limit, completed<PolicyVersion>, (row) => writeCursor(scope, [row.version])))
    },

    async getVersion(ctx: Ctx, { caller, params }: Call<Params>): Promise<Answer> {
      const version = Number(params['version'])
      const row = await findPolicyVersion(ctx.db, caller.workspaceId, kind, keyOf(params), version)
      if (row === undefined) throw notFound(`${noun} version`)
      return ok(completed(row))
    },

    async diff(ctx: Ctx, { caller, params, query }: Call<Params, { from?: number; to?: number }>): Promise<Answer> {
      const { workspaceId } = caller
      const policy = await findPolicy(ctx.db, workspaceId, kind, keyOf(params))
      if (policy === undefined) throw notFound(noun)
      const later = query.to ?? policy.draft_version ?? policy.published_version ?? policy.latest_version
      const earlier = query.from ?? later - 1
      const find = (version: number) => findPolicyVersion(ctx.db, workspaceId, kind, policy.policy_key, version)
      const [from, to] = await Promise.all([find(earlier), find(later)])
      if (to === undefined || (from === undefined && query.from !== undefined)) throw notFound(`${noun} version`)
      const data = diffDefinitions(from?.definition ?? {}, to.definition)
      return ok({ from_version: from?.version ?? null, to_version: to.version, data })
    },
  }
}

/** The wire form of a policy. */
export function toPolicyAnswer({ id, policy_key, draft, published, edits, created_at, updated_at }: Policy) {
  const etag = etagOf(edits)
  return { id: encodeTypeId('policy', id), key: policy_key, published, draft, etag, created_at, updated_at }
}

function toPublished<Definition extends object>(key: string, version: PolicyVersion): PublishedPolicy<Definition> {
  // A room stores definitions of its own kind only.
  return { key, version: version.version, definition: version.definition as Definition }
}
