/** Statements that load the rows behind the field families for a batch of leads, each by the index that starts with the lead. */
import type { Queryable, Statement } from '../../db/client.ts'
import type { AccountFacts } from '../../domain/account.ts'
import type {
  QualificationFacts,
  ScoreFamilyFacts,
  StayFacts,
  TouchFacts,
} from '../../domain/condition/family-facts.ts'
import type { ConsentFacts } from '../../domain/consent.ts'
import { DEFAULT_MODEL_KEY } from '../../domain/scoring/score-model.ts'

type OfLead<T> = T & { lead_id: string }

const accountsStatement: Statement = {
  name: 'list_accounts_of_leads',
  text: 'SELECT * FROM accounts WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
}

/** Companies by their ids. */
export async function listAccounts(db: Queryable, workspaceId: string, ids: string[]): Promise<AccountFacts[]> {
  return ids.length === 0 ? [] : await db.query<AccountFacts>(accountsStatement, [workspaceId, ids])
}

const consentsStatement: Statement = {
  name: 'list_consent_facts_of_leads',
  text: `SELECT lead_id, id, purpose, channel, action, occurred_at, expires_at FROM consents
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])`,
}

/** All that these leads ever agreed to or withdrew. */
export async function listConsentsOfLeads(
  db: Queryable,
  workspaceId: string,
  leadIds: string[],
): Promise<OfLead<ConsentFacts>[]> {
  return await db.query(consentsStatement, [workspaceId, leadIds])
}

const touchStatement = (which: 'first' | 'last'): Statement => {
  const order = which === 'first' ? 'ASC' : 'DESC'
  return {
    name: `list_${which}_touches`,
    text: `SELECT t.lead_id, t.kind, t.source_key, t.campaign_key, t.occurred_at, t.attribution
    FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN LATERAL (
      SELECT * FROM touches WHERE workspace_id = $1 AND lead_id = asked.id
      ORDER BY occurred_at ${order}, id ${order} LIMIT 1) AS t`,
  }
}
const TOUCH_STATEMENTS = { first: touchStatement('first'), last: touchStatement('last') }

/** The first or the last touch of each lead that has one. */
export async function listTouches(
  db: Queryable,
  workspaceId: string,
  leadIds: string[],
  which: 'first' | 'last',
): Promise<OfLead<TouchFacts>[]> {
  return await db.query(TOUCH_STATEMENTS[which], [workspaceId, leadIds])
}

const segmentsStatement: Statement = {
  name: 'list_segments_of_leads',
  text: `SELECT lead_id, array_agg(segment_key) AS segments FROM segment_members
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) GROUP BY lead_id`,
}

/** The segments that each lead is in. */
export async function listSegmentsOfLeads(
  db: Queryable,
  workspaceId: string,
  leadIds: string[],
): Promise<OfLead<{ segments: string[] }>[]> {
  return await db.query(segmentsStatement, [workspaceId, leadIds])
}

const qualificationsStatement: Statement = {
  name: 'list_verdicts_of_leads',
  text: `SELECT lead_id, verdicts, statuses FROM lead_qualifications WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[])`,
}

/** How the leads with answers are qualified. */
export async function listVerdicts(
  db: Queryable,
  workspaceId: string,
  leadIds: string[],
): Promise<OfLead<QualificationFacts>[]> {
  return await db.query(qualificationsStatement, [workspaceId, leadIds])
}

const staysStatement: Statement = {
  name: 'list_stays_of_leads',
  text: `SELECT h.lead_id, (array_agg(h.moved_at ORDER BY h.position DESC))[1] AS entered_at,
      (array_agg(h.from_stage ORDER BY h.position DESC))[1] AS from_stage,
      (array_agg(h.reason ORDER BY h.position DESC))[1] AS reason,
      (array_agg(h.wake_at ORDER BY h.position DESC))[1] AS wake_at,
      array_agg(DISTINCT h.from_stage) AS left, max(h.position) AS position
    FROM lead_stage_history h WHERE h.workspace_id = $1 AND h.lead_id = ANY($2::uuid[]) GROUP BY h.lead_id`,
}

/** How the leads that ever moved came into their stages, and the number of their last move. */
export async function listStays(
  db: Queryable,
  workspaceId: string,
  leadIds: string[],
): Promise<OfLead<StayFacts & { position: number }>[]> {
  return await db.query(staysStatement, [workspaceId, leadIds])
}

const scoresStatement: Statement = {
  name: 'list_default_scores',
  text: `SELECT lead_id, total, fit, engagement, grade, band FROM lead_scores
    WHERE workspace_id = $1 AND lead_id = ANY($2::uuid[]) AND model_key = '${DEFAULT_MODEL_KEY}'`,
}

/** The stored scores of these leads under the default model. */
export async function listDefaultScores(
  db: Queryable,
  workspaceId: string,
  leadIds: string[],
): Promise<OfLead<ScoreFamilyFacts>[]> {
  return await db.query(scoresStatement, [workspaceId, leadIds])
}
