/**
 * Every write to policies: save the draft, publish it, retire. All in the caller's transaction, with an entry of the
 * audit log; publishing and retiring are changes of the feed too.
 */
import { recordAudit } from '../changes/record-audit.ts'
import { recordChange } from '../changes/record-change.ts'
import type { Caller } from '../ctx.ts'
import type { Tx } from '../db/client.ts'
import { type ExpectedVersion, isExpectedVersion } from '../domain/expected-version.ts'
import { newId } from '../domain/new-id.ts'
import { nameVersion, type PolicyKind } from '../domain/policy.ts'
import { isEqual } from '../domain/survivorship.ts'
import { encodeTypeId } from '../domain/type-id.ts'
import { ApiError, notFound } from '../errors.ts'
import {
  insertHead,
  lockPolicy,
  moveVersions,
  type Policy,
  type PolicyVersion,
  updateHead,
  writeDraft,
} from './policy-queries.ts'
import { replacePolicies, revisePolicies } from './published-policies.ts'

/** Who writes; every `Caller` is one, and so is the system. */
export type PolicyWriter = Pick<Caller, 'actor' | 'origin' | 'via'>

/** Where a policy is, and when the write happens. */
export interface PolicyPlace {
  kind: PolicyKind
  key: string
  now: Date
}

/** What the caller says about the policy that it saw. */
export interface Expectation {
  /** From `If-Match`; null when there was none. */
  ifMatchVersion: ExpectedVersion
  /** `If-None-Match: *`: create and nothing else. */
  createOnly?: boolean
}

/**
 * Writes the draft, making the policy when it is new; the same definition again changes nothing. Throws 428 without
 * `If-Match` for a policy that exists, 412 when it is another version.
 */
export async function saveDraft<Definition extends object>(
  tx: Tx,
  by: PolicyWriter,
  { kind, key, now }: PolicyPlace,
  definition: Definition,
  expected: Expectation,
): Promise<{ policy: Policy; created: boolean }> {
  const at = now.toISOString()
  const created = await insertHead(tx, kind, key, newId(), at)
  const policy = await requirePolicy(tx, kind, key)
  checkExpectation(policy, created, expected)
  if (isEqual((policy.draft ?? policy.published)?.definition, definition)) return { policy, created }
  const draft = draftOf(policy, definition, by.actor, at)
  const next: Policy = {
    ...policy,
    edits: policy.edits + 1,
    latest_version: draft.version,
    draft_version: draft.version,
    updated_at: at,
    draft,
  }
  await writeDraft(tx, kind, key, draft, policy.draft === null)
  await updateHead(tx, kind, next)
  const before = policy.draft ?? policy.published
  audit(tx, by, 'policy.saved', { kind, key, now }, before, draft)
  return { policy: next, created }
}

function draftOf(policy: Policy, definition: object, actor: string, at: string): PolicyVersion {
  const { draft, latest_version } = policy
  return {
    version: draft?.version ?? latest_version + 1,
    state: 'draft',
    definition: definition as Record<string, unknown>, // an object is a map of its members
    created_at: draft?.created_at ?? at,
    created_by: draft?.created_by ?? actor,
    updated_at: at,
    updated_by: actor,
    published_at: null,
    published_by: null,
    retired_at: null,
  }
}

/** Publishes the draft and retires the version before. Throws 404 without a policy, 409 without a draft, 412. */
export async function publishDraft(
  tx: Tx,
  by: PolicyWriter,
  { kind, key, now }: PolicyPlace,
  ifMatchVersion: ExpectedVersion = null,
): Promise<{ policy: Policy; published: PolicyVersion; previous: PolicyVersion | null }> {
  const policy = await requirePolicy(tx, kind, key)
  checkExpectation(policy, false, { ifMatchVersion: ifMatchVersion ?? [policy.edits] })
  const { draft, published: previous } = policy
  if (draft === null) throw new ApiError('conflict', 'There is no draft to publish.')
  const at = now.toISOString()
  const published: PolicyVersion = { ...draft, state: 'published', published_at: at, published_by: by.actor }
  const next: Policy = {
    ...policy,
    edits: policy.edits + 1,
    draft_version: null,
    published_version: draft.version,
    updated_at: at,
    draft: null,
    published,
  }
  await moveVersions(tx, kind, key, { retire: [policy.published_version], publish: draft.version, actor: by.actor }, at)
  await updateHead(tx, kind, next)
  await revisePolicies(tx, kind, newId())
  audit(tx, by, 'policy.published', { kind, key, now }, previous, published)
  tell(tx, by, 'policy.published', { kind, key, now }, next, previous)
  return { policy: next, published, previous }
}

/**
 * Takes a policy out of use: its published version and its draft are retired, its history stays. `retired` is false when
 * that was so already. Throws 404, 412.
 */
export async function retirePolicy(
  tx: Tx,
  by: PolicyWriter,
  { kind, key, now }: PolicyPlace,
  ifMatchVersion: ExpectedVersion = null,
): Promise<{ policy: Policy; retired: boolean }> {
  const policy = await requirePolicy(tx, kind, key)
  checkExpectation(policy, false, { ifMatchVersion: ifMatchVersion ?? [policy.edits] })
  const { draft, published } = policy
  if (draft === null && published === null) return { policy, retired: false }
  const at = now.toISOString()
  const next: Policy = {
    ...policy,
    edits: policy.edits + 1,
    draft_version: null,
    published_version: null,
    updated_at: at,
    draft: null,
    published: null,
  }
  const retire = [policy.published_version, policy.draft_version]
  await moveVersions(tx, kind, key, { retire, publish: null, actor: by.actor }, at)
  await updateHead(tx, kind, next)
  audit(tx, by, 'policy.retired', { kind, key, now }, published ?? draft, null)
  if (published !== null) {
    await revisePolicies(tx, kind, newId())
    tell(tx, by, 'policy.retired', { kind, key, now }, next, published)
  } else {
    // A draft is followed by nobody, but may be named: nothing that names it is published meanwhile.
    await replacePolicies(tx)
  }
  return { policy: next, retired: true }
}

async function requirePolicy(tx: Tx, kind: PolicyKind, key: string): Promise<Policy> {
  const policy = await lockPolicy(tx, kind, key)
  if (policy === undefined) throw notFound(kind.replaceAll('_', ' '))
  return policy
}

function checkExpectation(policy: Policy, created: boolean, { ifMatchVersion, createOnly }: Expectation): void {
  if (!created && createOnly) throw new ApiError('precondition_failed', 'There is one with this key.')
  if (!created && ifMatchVersion === null) {
    const tag = `"v${policy.edits}"`
    throw new ApiError('precondition_required', `Send If-Match with the ETag that you read (${tag} now).`)
  }
  if (created && ifMatchVersion !== null) throw new ApiError('precondition_failed', 'There is none with this key.')
  if (!isExpectedVersion(ifMatchVersion, policy.edits)) {
    throw new ApiError('precondition_failed', 'It has changed since you read it; read it again.')
  }
}

type PolicyDeed = 'policy.saved' | 'policy.published' | 'policy.retired'

function audit(
  tx: Tx,
  by: PolicyWriter,
  action: PolicyDeed,
  { kind, key, now }: PolicyPlace,
  before: PolicyVersion | null,
  after: PolicyVersion | null,
): void {
  const sideOf = (version: PolicyVersion | null) =>
    version && { version: version.version, state: version.state, ...version.definition }
  recordAudit(tx, by, {
    action,
    object_id: `${kind}:${key}`,
    before: sideOf(before),
    after: sideOf(after),
    occurred_at: now.toISOString(),
  })
}

/** The feed tells which version, not its content: a definition may be larger than a webhook should carry. */
function tell(
  tx: Tx,
  by: PolicyWriter,
  type: 'policy.published' | 'policy.retired',
  { kind, key, now }: PolicyPlace,
  { id, published_version, updated_at }: Policy,
  previous: PolicyVersion | null,
): void {
  const name = published_version === null ? null : nameVersion(kind, { key, version: published_version })
  recordChange(tx, {
    type,
    object_id: id,
    actor: by.actor,
    origin: by.origin,
    occurred_at: now.toISOString(),
    object: { id: encodeTypeId('policy', id), kind, key, version: published_version, name, updated_at },
    changed_fields: ['version'],
    previous: { version: previous?.version ?? null },
  })
}
