/** Every statement about policies. */
import { type Db, readInWorkspace, type Statement, type Tx } from '../db/client.ts'
import type { PolicyKind, PolicyState } from '../domain/policy.ts'

export interface PolicyVersion<Definition extends object = Record<string, unknown>> {
  version: number
  state: PolicyState
  definition: Definition
  created_at: string
  created_by: string
  updated_at: string
  updated_by: string
  published_at: string | null
  published_by: string | null
  retired_at: string | null
}

/** The head of a policy without its documents. */
export interface PolicyHead {
  id: string
  policy_key: string
  /** The version number of its entity tag. */
  edits: number
  latest_version: number
  draft_version: number | null
  published_version: number | null
  created_at: string
  updated_at: string
}

/** A policy with what can be changed and what is followed now. */
export interface Policy<Definition extends object = Record<string, unknown>> extends PolicyHead {
  draft: PolicyVersion<Definition> | null
  published: PolicyVersion<Definition> | null
}

const HEAD = 'p.id, p.policy_key, p.edits, p.latest_version, p.draft_version, p.published_version'
const HEAD_TIMES = 'p.created_at AS head_created_at, p.updated_at AS head_updated_at'
const VERSION =
  'v.version, v.state, v.definition, v.created_at, v.created_by, v.updated_at, v.updated_by, v.published_at, v.published_by, v.retired_at'
const WITH_VERSIONS = `LEFT JOIN policy_versions v ON v.workspace_id = p.workspace_id AND v.kind = p.kind
      AND v.policy_key = p.policy_key AND v.version IN (p.draft_version, p.published_version)`

const findStatement: Statement = {
  name: 'find_policy',
  text: `SELECT ${HEAD}, ${HEAD_TIMES}, ${VERSION} FROM policies p ${WITH_VERSIONS}
    WHERE p.workspace_id = $1 AND p.kind = $2 AND p.policy_key = $3`,
}
const lockStatement: Statement = {
  name: 'lock_policy',
  text: 'SELECT id FROM policies WHERE workspace_id = $1 AND kind = $2 AND policy_key = $3 FOR UPDATE',
}
// What has neither a draft nor a published version is history.
const listStatement: Statement = {
  name: 'list_policies',
  text: `SELECT ${HEAD}, ${HEAD_TIMES}, ${VERSION} FROM (
      SELECT * FROM policies WHERE workspace_id = $1 AND kind = $2 AND ($3::text IS NULL OR policy_key > $3)
        AND (draft_version IS NOT NULL OR published_version IS NOT NULL) ORDER BY policy_key LIMIT $4) AS p
    ${WITH_VERSIONS} ORDER BY p.policy_key`,
}

type JoinedRow = Omit<PolicyHead, 'created_at' | 'updated_at'> &
  PolicyVersion & { head_created_at: string; head_updated_at: string }

function toPolicies(rows: JoinedRow[]): Policy[] {
  const byKey = new Map<string, Policy>()
  for (const { id, policy_key, edits, latest_version, draft_version, published_version, ...rest } of rows) {
    const { head_created_at, head_updated_at, ...version } = rest
    const head = { id, policy_key, edits, latest_version, draft_version, published_version }
    const times = { created_at: head_created_at, updated_at: head_updated_at }
    const policy = byKey.get(policy_key) ?? { ...head, ...times, draft: null, published: null }
    if (version.state === 'draft') policy.draft = version
    if (version.state === 'published') policy.published = version
    byKey.set(policy_key, policy)
  }
  return [...byKey.values()]
}

/** One policy by its key. */
export async function findPolicy(
  db: Db,
  workspaceId: string,
  kind: PolicyKind,
  key: string,
): Promise<Policy | undefined> {
  return toPolicies(await readInWorkspace<JoinedRow>(db, workspaceId, findStatement, [workspaceId, kind, key]))[0]
}

/** One policy, locked until the transaction ends. */
export async function lockPolicy(tx: Tx, kind: PolicyKind, key: string): Promise<Policy | undefined> {
  const values = [tx.workspaceId, kind, key]
  // The second statement sees what was committed before the lock was given.
  const [, rows] = await Promise.all([tx.query(lockStatement, values), tx.query<JoinedRow>(findStatement, values)])
  return toPolicies(rows)[0]
}

/** Policies of a kind that have a draft or a published version, in the order of their keys. */
export async function listPolicies(
  db: Db,
  workspaceId: string,
  kind: PolicyKind,
  after: string | null,
  limit: number,
): Promise<Policy[]> {
  const values = [workspaceId, kind, after, limit]
  return toPolicies(await readInWorkspace<JoinedRow>(db, workspaceId, listStatement, values))
}

const findVersionStatement: Statement = {
  name: 'find_policy_version',
  text: `SELECT ${VERSION} FROM policy_versions v
    WHERE v.workspace_id = $1 AND v.kind = $2 AND v.policy_key = $3 AND v.version = $4`,
}
const listVersionsStatement: Statement = {
  name: 'list_policy_versions',
  text: `SELECT ${VERSION} FROM policy_versions v WHERE v.workspace_id = $1 AND v.kind = $2 AND v.policy_key = $3
    AND ($4::int IS NULL OR v.version < $4) ORDER BY v.version DESC LIMIT $5`,
}

/** One version of a policy. */
export async function findPolicyVersion(
  db: Db,
  workspaceId: string,
  kind: PolicyKind,
  key: string,
  version: number,
): Promise<PolicyVersion | undefined> {
  const values = [workspaceId, kind, key, version]
  return (await readInWorkspace<PolicyVersion>(db, workspaceId, findVersionStatement, values))[0]
}

/** Versions of a policy, newest first. */
export async function listPolicyVersions(
  db: Db,
  workspaceId: string,
  kind: PolicyKind,
  key: string,
  before: number | null,
  limit: number,
): Promise<PolicyVersion[]> {
  return await readInWorkspace(db, workspaceId, listVersionsStatement, [workspaceId, kind, key, before, limit])
}

const insertHeadStatement: Statement = {
  name: 'insert_policy',
  text: `INSERT INTO policies (workspace_id, kind, policy_key, id, edits, latest_version, created_at, updated_at)
    VALUES ($1, $2, $3, $4, 0, 0, $5, $5) ON CONFLICT DO NOTHING RETURNING id`,
}
const updateHeadStatement: Statement = {
  name: 'update_policy',
  text: `UPDATE policies SET edits = $4, latest_version = $5, draft_version = $6, published_version = $7, updated_at = $8
    WHERE workspace_id = $1 AND kind = $2 AND policy_key = $3`,
}
const insertVersionStatement: Statement = {
  name: 'insert_policy_version',
  text: `INSERT INTO policy_versions (workspace_id, kind, policy_key, version, state, definition, created_at, created_by, updated_at, updated_by)
    VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $6, $7)`,
}
const updateDraftStatement: Statement = {
  name: 'update_policy_draft',
  text: `UPDATE policy_versions SET definition = $5, updated_at = $6, updated_by = $7
    WHERE workspace_id = $1 AND kind = $2 AND policy_key = $3 AND version = $4`,
}
const publishStatement: Statement = {
  name: 'publish_policy_version',
  text: `UPDATE policy_versions SET state = 'published', published_at = $5, published_by = $6
    WHERE workspace_id = $1 AND kind = $2 AND policy_key = $3 AND version = $4`,
}
const retireStatement: Statement = {
  name: 'retire_policy_version',
  text: `UPDATE policy_versions SET state = 'retired', retired_at = $5
    WHERE workspace_id = $1 AND kind = $2 AND policy_key = $3 AND version = $4`,
}

/** Makes the head of a new policy; false when there is one. */
export async function insertHead(tx: Tx, kind: PolicyKind, key: string, id: string, at: string): Promise<boolean> {
  return (await tx.query(insertHeadStatement, [tx.workspaceId, kind, key, id, at])).length === 1
}

/** Writes the head after a change of its versions. */
export async function updateHead(tx: Tx, kind: PolicyKind, head: PolicyHead): Promise<void> {
  const { policy_key, edits, latest_version, draft_version, published_version, updated_at } = head
  const values = [edits, latest_version, draft_version, published_version, updated_at]
  await tx.query(updateHeadStatement, [tx.workspaceId, kind, policy_key, ...values])
}

/** Adds a draft, or replaces the definition of the one that is there. */
export async function writeDraft(
  tx: Tx,
  kind: PolicyKind,
  key: string,
  { version, definition, updated_at, updated_by }: PolicyVersion<object>,
  isNew: boolean,
): Promise<void> {
  const statement = isNew ? insertVersionStatement : updateDraftStatement
  const values = [version, JSON.stringify(definition), updated_at, updated_by]
  await tx.query(statement, [tx.workspaceId, kind, key, ...values])
}

/** The version before is retired first: only one may be published at any time. */
export async function moveVersions(
  tx: Tx,
  kind: PolicyKind,
  key: string,
  moves: { retire: (number | null)[]; publish: number | null; actor: string },
  at: string,
): Promise<void> {
  const place = [tx.workspaceId, kind, key]
  for (const version of moves.retire) {
    if (version !== null) await tx.query(retireStatement, [...place, version, at])
  }
  if (moves.publish !== null) await tx.query(publishStatement, [...place, moves.publish, at, moves.actor])
}
