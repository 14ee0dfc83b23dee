/** Remembered answers and sealed credentials. */
import { type Db, type Statement, sweep, type Tx, withWorkspace } from '../../db/client.ts'
import type { FoundValues } from '../../domain/enrichment/providers/read-response.ts'

const findStatement: Statement = {
  name: 'find_enrichment_answer',
  text: 'SELECT values FROM enrichment_answers WHERE workspace_id = $1 AND question = $2 AND expires_at > $3',
}
const rememberStatement: Statement = {
  name: 'remember_enrichment_answer',
  text: `INSERT INTO enrichment_answers (workspace_id, question, provider_key, values, fetched_at, expires_at, lead_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace_id, question) DO UPDATE SET
    values = excluded.values, lead_id = excluded.lead_id, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at`,
}

/** A remembered answer: values null when nothing was known. Undefined when the question is new or the answer is old. */
export async function findAnswer(
  tx: Tx,
  question: string,
  now: Date,
): Promise<{ values: FoundValues | null } | undefined> {
  return (
    await tx.query<{ values: FoundValues | null }>(findStatement, [tx.workspaceId, question, now.toISOString()])
  )[0]
}

/** Remembers an answer for so many seconds. */
export async function rememberAnswer(
  tx: Tx,
  {
    question,
    provider,
    values,
    seconds,
    leadId,
  }: { question: string; provider: string; values: FoundValues | null; seconds: number; leadId: string },
  now: Date,
): Promise<void> {
  if (seconds === 0) return
  const until = new Date(now.getTime() + seconds * 1_000).toISOString()
  const json = values === null ? null : JSON.stringify(values)
  await tx.query(rememberStatement, [tx.workspaceId, question, provider, json, now.toISOString(), until, leadId])
}

const credentialsStatement: Statement = {
  name: 'list_enrichment_credentials',
  text: 'SELECT credential_key, sealed FROM enrichment_credentials WHERE workspace_id = $1 AND credential_key = ANY($2::text[])',
}

/** Sealed credentials by their keys. */
export async function listSealed(
  tx: Tx,
  keys: readonly string[],
): Promise<{ credential_key: string; sealed: Buffer }[]> {
  return keys.length === 0 ? [] : await tx.query(credentialsStatement, [tx.workspaceId, keys])
}

/** Rows removed by one statement, so that no transaction is long. */
const FORGET_BATCH = 1_000
const sweepStatement: Statement = {
  name: 'sweep_old_enrichment_answers',
  text: 'SELECT DISTINCT workspace_id FROM enrichment_answers WHERE expires_at < now()',
}
const forgetStatement: Statement = {
  name: 'forget_enrichment_answers',
  text: `DELETE FROM enrichment_answers WHERE workspace_id = $1 AND question IN (
    SELECT question FROM enrichment_answers WHERE workspace_id = $1 AND expires_at < now() LIMIT ${FORGET_BATCH}) RETURNING question`,
}

/** Removes remembered answers that have grown old, in all workspaces. */
export async function forgetEnrichmentAnswers(db: Db): Promise<void> {
  for (const { workspace_id } of await sweep<{ workspace_id: string }>(db, sweepStatement, [])) {
    for (let count = FORGET_BATCH; count === FORGET_BATCH; ) {
      count = (await withWorkspace(db, workspace_id, (tx) => tx.query(forgetStatement, [workspace_id]))).length
    }
  }
}
