/**
 * Erases a person in one transaction: the lead leaves the desk of its seller and its sequences, then everything that tells
 * who it was is deleted or blanked. What stays is an empty, archived lead: figures of the past do not change.
 */
import { domainToUnicode } from 'node:url'
import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller } from '../../ctx.ts'
import type { Statement, Tx } from '../../db/client.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import { toLead } from '../../domain/lead-wire.ts'
import type { LeadEdit } from '../../domain/merge-edit.ts'
import { type Email, normalizeEmail } from '../../domain/normalize/email.ts'
import type { EnrollmentRow } from '../../domain/sequence/enrollment.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { listLeads, lockLeads } from '../desk-queries.ts'
import { editLead } from '../edit-lead.ts'
import { endEnrollments } from '../sequences/end-enrollments.ts'
import { ENROLLMENT_COLUMNS } from '../sequences/enrollment-queries.ts'
import { type Deed, ERASURE, type ErasedPerson, OBJECTS_OF_LEAD } from './erasure-registry.ts'

/** What is left to show that a person was erased. */
export interface ErasureRow {
  lead_id: string
  erased_at: string
  actor: string
  /** Rows that were deleted or blanked. */
  records: number
}

const ARCHIVE: LeadEdit = {
  fields: {},
  custom_fields: {},
  metadata: {},
  replace: { archived: true },
  add_external_ids: [],
}

const runningStatement: Statement = {
  name: 'lock_running_enrollments_of_lead',
  text: `SELECT ${ENROLLMENT_COLUMNS} FROM enrollments WHERE workspace_id = $1 AND lead_id = $2 AND status <> 'ended'
    ORDER BY id FOR UPDATE`,
}
// Those of before count too: people change their address, and what came with the old one is still about them.
const addressesStatement: Statement = {
  name: 'list_addresses_of_lead',
  text: `SELECT value FROM identities WHERE workspace_id = $1 AND lead_id = $2 AND kind = 'email'`,
}
const objectsStatement: Statement = { name: 'list_objects_of_lead', text: OBJECTS_OF_LEAD }
const recordStatement: Statement = {
  name: 'record_erasure',
  text: `INSERT INTO erasures (workspace_id, lead_id, erased_at, actor, records) VALUES ($1, $2, $3, $4, 0)
    ON CONFLICT (workspace_id, lead_id) DO UPDATE SET erased_at = excluded.erased_at, actor = excluded.actor`,
}
const countStatement: Statement = {
  name: 'count_erasure',
  text: 'UPDATE erasures SET records = $3 WHERE workspace_id = $1 AND lead_id = $2',
}
const evidenceStatement: Statement = {
  name: 'erase_lead_evidence',
  text: 'SELECT erase_lead_evidence($1, $2::uuid[]) AS count',
}
const blankStatement: Statement = { name: 'blank_changes', text: 'SELECT blank_changes($1, $2::uuid[])' }

/** Erases the person of a lead; undefined when there is no such lead. */
export async function eraseLead(tx: Tx, caller: Caller, leadId: string, now: Date): Promise<ErasureRow | undefined> {
  const [known] = await lockLeads(tx, [leadId])
  if (known === undefined) return undefined
  const at = now.toISOString()
  await tx.query(recordStatement, [tx.workspaceId, leadId, at, caller.actor])
  await editLead(tx, caller, leadId, ARCHIVE, null, now)
  const running = await tx.query<EnrollmentRow>(runningStatement, [tx.workspaceId, leadId])
  await endEnrollments(
    tx,
    running.map((row) => ({ row })),
    'stopped',
    now,
    caller.actor,
  )
  const person = await describePerson(tx, known.lead, at)
  const [evidence] = await tx.query<{ count: number }>(evidenceStatement, [leadId, person.objects])
  let records = evidence?.count ?? 0
  for (const deed of ERASURE) records += await carryOut(tx, deed, person)
  await tx.query(countStatement, [tx.workspaceId, leadId, records])
  await tellErasure(tx, caller, person)
  // After the last change of this transaction is in the feed, those that archiving and stopping have told of included.
  tx.beforeCommit({
    run: async () => {
      await tx.query(blankStatement, [leadId, person.objects])
    },
  })
  return { lead_id: leadId, erased_at: at, actor: caller.actor, records }
}

async function describePerson(tx: Tx, { id, email }: LeadFacts, at: string): Promise<ErasedPerson> {
  const known = await tx.query<{ value: string }>(addressesStatement, [tx.workspaceId, id])
  const emails = [email ?? [], known.map(({ value }) => value)].flat().map(normalizeEmail)
  const valid = emails.filter((one): one is Email => one.ok)
  const address_keys = [...new Set(valid.map(({ match_key }) => match_key))]
  const spellings = valid.flatMap(({ local, domain }) => [`${local}@${domain}`, `${local}@${domainToUnicode(domain)}`])
  const addresses = [...new Set([...spellings.map((address) => address.toLowerCase()), ...address_keys])]
  const wire_id = encodeTypeId('lead', id)
  const values = [tx.workspaceId, id, address_keys, wire_id, addresses]
  const objects = await tx.query<{ id: string }>(objectsStatement, values)
  return { lead_id: id, wire_id, addresses, address_keys, at, objects: objects.map((object) => object.id) }
}

/** Runs a deed; returns how many rows it touched. */
async function carryOut(tx: Tx, { table, text, values }: Deed, person: ErasedPerson): Promise<number> {
  const counted = `WITH done AS (${text} RETURNING 1) SELECT count(*)::int AS count FROM done /* erase ${table} */`
  const [row] = await tx.query<{ count: number }>(counted, [tx.workspaceId, ...values(person)])
  return row?.count ?? 0
}

async function tellErasure(tx: Tx, caller: Caller, { lead_id, at }: ErasedPerson): Promise<void> {
  const [lead] = await listLeads(tx, [lead_id])
  if (lead === undefined) throw new Error('an erased lead has a row')
  const { actor, origin } = caller
  recordChange(tx, {
    type: 'lead.erased',
    object_id: lead_id,
    actor,
    origin,
    occurred_at: at,
    object: toLead(lead),
    changed_fields: [],
    previous: {},
  })
  recordAudit(tx, caller, {
    action: 'lead.erased',
    object_id: encodeTypeId('lead', lead_id),
    before: null,
    after: { erased_at: at },
    occurred_at: at,
  })
}
