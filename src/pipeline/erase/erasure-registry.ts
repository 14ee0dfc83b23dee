/**
 * Every table that holds something about a person, and what erasure does to it. A table with a `lead_id` is either here or
 * among those that keep facts without a person: a test reads the database and finds the one that was forgotten.
 */
import { BLANK_LEAD } from '../../domain/lead.ts'
import { PREVIEW_LEAD } from '../mail/mail-scope.ts'

/** Whom it is about, as far as the statements need it. */
export interface ErasedPerson {
  lead_id: string
  /** The id of the lead as mails about it have it. */
  wire_id: string
  /** Every address that the lead is known by, in small letters, as people type it. */
  addresses: string[]
  /** The same as suppressions and messages know them. */
  address_keys: string[]
  at: string
  /** Everything that the feed may have told of: the lead, and what belongs to it. */
  objects: string[]
}

/** One statement over one table; its first parameter is the workspace. */
export interface Deed {
  table: string
  text: string
  values: (person: ErasedPerson) => unknown[]
}

const OF_LEAD = 'workspace_id = $1 AND lead_id = $2'
const ofLead = ({ lead_id }: ErasedPerson) => [lead_id]
const deletion = (table: string): Deed => ({ table, text: `DELETE FROM ${table} WHERE ${OF_LEAD}`, values: ofLead })
const blanking = (table: string, set: string): Deed => ({
  table,
  text: `UPDATE ${table} SET ${set} WHERE ${OF_LEAD}`,
  values: ofLead,
})

/** Submissions of the lead, and those without one that came with its address: waiting, quarantined and failed ones. */
const SUBMISSIONS = `workspace_id = $1 AND (lead_id = $2 OR (lead_id IS NULL AND state IN ('received', 'quarantined', 'failed')
  AND EXISTS (SELECT FROM jsonb_each_text(payload) AS sent WHERE lower(btrim(sent.value, E' \\t\\r\\n')) = ANY ($3::text[]))))`
/** Messages to the lead, and those without one that go to its address or tell somebody else about it: sellers, testers. */
const MESSAGES = `workspace_id = $1 AND (lead_id = $2 OR (lead_id IS NULL AND (address_key = ANY ($3::text[])
  OR $4::text IN (data->>'lead_id', data->'lead'->>'id', data->'${PREVIEW_LEAD}'->>'id'))))`
const VISITORS = 'SELECT visitor_id FROM visitors WHERE workspace_id = $1 AND lead_id = $2'

const withAddresses = ({ lead_id, addresses }: ErasedPerson) => [lead_id, addresses]
const withKeys = ({ lead_id, address_keys, wire_id }: ErasedPerson) => [lead_id, address_keys, wire_id]

/** Finds everything that belongs to a lead and that the feed may have told of. */
export const OBJECTS_OF_LEAD = `SELECT $2::uuid AS id
  UNION ALL SELECT id FROM activities WHERE ${OF_LEAD}
  UNION ALL SELECT id FROM assignments WHERE ${OF_LEAD}
  UNION ALL SELECT id FROM enrollments WHERE ${OF_LEAD}
  UNION ALL SELECT id FROM buyer_sales WHERE ${OF_LEAD}
  UNION ALL SELECT id FROM buyer_offers WHERE ${OF_LEAD}
  UNION ALL SELECT id FROM messages WHERE ${MESSAGES}
  UNION ALL SELECT id FROM suppressions WHERE workspace_id = $1 AND kind = 'address' AND value = ANY ($3::text[])
  UNION ALL SELECT id FROM form_submissions WHERE ${SUBMISSIONS.replace('$3', '$5')}`

// Where it came from and how far it got are facts without a person.
const { source_key: _, campaign_key: __, ...blank } = BLANK_LEAD

/** In this order: what points at a row goes before the row. */
export const ERASURE: readonly Deed[] = [
  deletion('identities'),
  deletion('lead_search'),
  deletion('lead_qualifications'),
  deletion('lead_score_overrides'),
  // Who was in a segment when is a fact of the past like any other stay in one.
  {
    table: 'segment_members',
    text: `INSERT INTO segment_stays (workspace_id, segment_key, lead_id, entered_at, left_at)
      SELECT workspace_id, segment_key, lead_id, entered_at, greatest($3::timestamptz, entered_at) FROM segment_members
      WHERE ${OF_LEAD} ON CONFLICT DO NOTHING`,
    values: ({ lead_id, at }) => [lead_id, at],
  },
  deletion('segment_members'),
  deletion('unrouted_leads'),
  deletion('activities'),
  blanking('touches', `attribution = '{}'`),
  blanking('lead_field_sources', `sources = '{}'`),
  blanking('lead_stage_history', 'note = NULL'),
  blanking('assignments', 'note = NULL, end_note = NULL, explanation = NULL'),
  blanking('buyer_offers', 'reference = NULL, reason = NULL'),
  deletion('enrichment_answers'),
  // A call that is under way ends without its claim, and writes nothing.
  blanking(
    'enrichment_runs',
    `steps = '[]', input_hash = '', reason = CASE state WHEN 'queued' THEN 'lead_archived' ELSE reason END,
      finished_at = CASE state WHEN 'queued' THEN now() ELSE finished_at END,
      state = CASE state WHEN 'queued' THEN 'skipped' ELSE state END`,
  ),
  {
    table: 'events',
    text: `UPDATE events SET lead_id = NULL, visitor_id = NULL, properties = '{}', url = NULL
      WHERE workspace_id = $1 AND (lead_id = $2 OR visitor_id IN (${VISITORS}))`,
    values: ofLead,
  },
  deletion('visitors'),
  deletion('confirmations'),
  {
    table: 'message_bodies',
    text: `DELETE FROM message_bodies WHERE workspace_id = $1 AND message_id IN (SELECT id FROM messages WHERE ${MESSAGES})`,
    values: withKeys,
  },
  {
    table: 'message_events',
    text: `UPDATE message_events SET url = NULL, data = '{}', dedupe_key = 'erased:' || id
      WHERE workspace_id = $1 AND message_id IN (SELECT id FROM messages WHERE ${MESSAGES})`,
    values: withKeys,
  },
  // What is being handed over may have left already, and nobody may look; whoever is at it has lost its claim.
  {
    table: 'messages',
    text: `UPDATE messages SET to_email = NULL, to_name = NULL, address_key = NULL, content = NULL, data = '{}',
        subject = NULL, rfc_message_id = NULL, smtp_response = NULL, decision = NULL, attempt = attempt + 1, lease_until = NULL,
        reason = CASE WHEN state IN ('planned', 'claimed', 'handed') THEN 'erased' ELSE reason END,
        state = CASE WHEN state IN ('planned', 'claimed') THEN 'canceled' WHEN state = 'handed' THEN 'in_doubt' ELSE state END
      WHERE ${MESSAGES}`,
    values: withKeys,
  },
  // The objection is still honoured, of an address that nobody can read. One that is known by its digest already goes.
  {
    table: 'suppressions',
    text: `DELETE FROM suppressions AS s WHERE workspace_id = $1 AND kind = 'address' AND value = ANY ($2::text[]) AND lifted_at IS NULL
      AND EXISTS (SELECT FROM suppressions k WHERE k.workspace_id = $1 AND k.kind = s.kind AND k.value = erased_address(s.value)
        AND k.scope = s.scope AND k.purpose = s.purpose AND k.lifted_at IS NULL)`,
    values: ({ address_keys }) => [address_keys],
  },
  {
    table: 'suppressions',
    text: `UPDATE suppressions SET value = erased_address(value), shown = 'erased', note = NULL
      WHERE workspace_id = $1 AND kind = 'address' AND value = ANY ($2::text[])`,
    values: ({ address_keys }) => [address_keys],
  },
  {
    table: 'submission_files',
    text: `DELETE FROM submission_files WHERE workspace_id = $1 AND submission_id IN (SELECT id FROM form_submissions WHERE ${SUBMISSIONS})`,
    values: withAddresses,
  },
  // What still waits ends here; a worker that has it in hand has lost its claim, and brings nobody back.
  {
    table: 'form_submissions',
    text: `UPDATE form_submissions SET state = 'failed', outcome = 'failed', reasons = '["erased"]', lease_until = NULL,
        attempt = attempt + 1, processed_at = $4 WHERE state = 'received' AND ${SUBMISSIONS}`,
    values: (person) => [...withAddresses(person), person.at],
  },
  // The digests by which a repetition is known stay: a browser that sends it again must not bring the person back.
  {
    table: 'form_submissions',
    text: `UPDATE form_submissions SET payload = '{}', context = '{}', spam = NULL, receipt_id = NULL WHERE ${SUBMISSIONS}`,
    values: withAddresses,
  },
  // The body is made from the feed; what receivers wrote back may repeat it.
  {
    table: 'webhook_deliveries',
    text: `UPDATE webhook_deliveries SET attempts = (SELECT jsonb_agg(made || '{"response_excerpt": ""}' ORDER BY place)
        FROM jsonb_array_elements(attempts) WITH ORDINALITY AS each (made, place))
      WHERE workspace_id = $1 AND object_id = ANY ($2::uuid[]) AND attempts <> '[]'`,
    values: ({ objects }) => [objects],
  },
  {
    table: 'leads',
    text: `UPDATE leads SET ${Object.keys(blank)
      .map((column) => `${column} = NULL`)
      .join(', ')}, tags = '{}', custom_fields = '{}', metadata = '{}', external_ids = '[]', archived = true,
        version = version + 1, updated_at = $3 WHERE workspace_id = $1 AND id = $2`,
    values: ({ lead_id, at }) => [lead_id, at],
  },
]

/** Tables about leads that hold numbers, keys and moments only, so that figures of the past stay what they were. */
export const FACTS_WITHOUT_PERSON: readonly string[] = [
  'buyer_ledger',
  'buyer_sales',
  'enrollments',
  'erasures',
  'lead_event_counters',
  'lead_score_history',
  'lead_scores',
  'lead_work',
  'segment_stays',
  'sla_clocks',
]

/** Tables that requests may only add to: erased by functions of the database (migration 0018). */
export const ERASED_BY_FUNCTIONS: readonly string[] = ['changes', 'consents', 'receipts']
