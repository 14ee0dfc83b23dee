/**
 * What decisions follow now, kept in memory by each process. A publication writes a fresh random revision in its own
 * transaction; every reader looks at the revisions of its workspace first (one small read for a whole batch), so nobody
 * decides by a version that was replaced before the batch began, whichever process replaced it. Random, not counted:
 * a number could come back after a rollback or a restored backup and stand for another content.
 */
import { LRUCache } from 'lru-cache'
import type { Queryable, Statement, Tx } from '../db/client.ts'
import type { PolicyKind, PublishedPolicy } from '../domain/policy.ts'

/** The published policies of one workspace at one moment. */
export interface PolicyBook {
  /** Published policies of a kind in the order of their keys; the same objects until something is published. */
  of<Definition extends object>(kind: PolicyKind): readonly PublishedPolicy<Definition>[]
}

interface Kept {
  revision: string
  policies: readonly PublishedPolicy[]
}

/** Workspaces times kinds; a definition is a few kilobytes. */
const MOST_KEPT = 5_000

const kept = new LRUCache<string, Kept>({ max: MOST_KEPT })

const revisionsStatement: Statement = {
  name: 'list_policy_revisions',
  text: 'SELECT kind, revision FROM policy_revisions WHERE workspace_id = $1',
}
const publishedStatement: Statement = {
  name: 'list_published_policies',
  text: `SELECT policy_key AS key, version, definition FROM policy_versions
    WHERE workspace_id = $1 AND kind = $2 AND state = 'published' ORDER BY policy_key`,
}
const reviseStatement: Statement = {
  name: 'revise_policies',
  text: `INSERT INTO policy_revisions (workspace_id, kind, revision) VALUES ($1, $2, $3)
    ON CONFLICT (workspace_id, kind) DO UPDATE SET revision = excluded.revision`,
}

// What was decided by a version is committed before the next one is published, or it would be written after whoever
// goes over all leads because of that publication has passed them. Readers wait for a publication to commit and no more.
const followStatement: Statement = {
  name: 'follow_policies',
  text: 'SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))',
}
const replaceStatement: Statement = {
  name: 'replace_policies',
  text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
}

const turnOf = ({ workspaceId }: Pick<Tx, 'workspaceId'>) => [`policies of ${workspaceId}`]

/**
 * Keeps publications waiting until this transaction ends. Whoever writes what policies decide about many leads calls it
 * first of all, before it locks anything: what it reads then is followed until its verdicts are committed.
 */
export async function followPolicies(tx: Tx): Promise<void> {
  await tx.query(followStatement, turnOf(tx))
}

/** The policies that are published as this transaction sees it. */
export async function readPolicies(tx: Pick<Tx, 'query' | 'workspaceId'>): Promise<PolicyBook> {
  const { workspaceId } = tx
  const revisions = await tx.query<{ kind: PolicyKind; revision: string }>(revisionsStatement, [workspaceId])
  const entries = await Promise.all(
    revisions.map(async ({ kind, revision }) => [kind, await readKind(tx, workspaceId, kind, revision)] as const),
  )
  const book = new Map(entries)
  return {
    // Rooms store and read definitions of their kind only.
    of: <Definition extends object>(kind: PolicyKind) =>
      (book.get(kind) ?? []) as readonly PublishedPolicy<Definition>[],
  }
}

async function readKind(db: Queryable, workspaceId: string, kind: PolicyKind, revision: string) {
  const key = `${workspaceId}/${kind}`
  const known = kept.get(key)
  if (known?.revision === revision) return known.policies
  // Read after the revision: it may be newer than that, never older.
  const policies = await db.query<PublishedPolicy>(publishedStatement, [workspaceId, kind])
  kept.set(key, { revision, policies })
  return policies
}

/** Waits until all that is decided by the policies of now is committed, and keeps everybody else waiting. */
export async function replacePolicies(tx: Tx): Promise<void> {
  await tx.query(replaceStatement, turnOf(tx))
}

/**
 * Makes every process read the policies of a kind anew; in the transaction that publishes or retires. Waits until all
 * that was decided by the version before is committed.
 */
export async function revisePolicies(tx: Tx, kind: PolicyKind, revision: string): Promise<void> {
  await replacePolicies(tx)
  await tx.query(reviseStatement, [tx.workspaceId, kind, revision])
}
