/** Moves the values of a custom field, or of one of its options, to another one, so that a definition can go. */
import type { Statement, Tx } from '../db/client.ts'
import type { CustomField, Customizable } from '../domain/custom-field.ts'
import type { Removal } from '../domain/custom-field-faults.ts'
import { readCustomValue } from '../domain/custom-field-value.ts'
import { loadAccountDesk, writeAccountDesk } from './account-desk.ts'
import { loadDesk } from './desk.ts'
import { editOnDesk } from './edit-lead.ts'
import type { Teller } from './tell-story.ts'
import { upsertAccountOnDesk } from './write-account.ts'
import { writeDesk } from './write-desk.ts'

/** Records that one request changes: about a second. */
export const MOVE_LIMIT = 2_000

export type MoveOutcome = 'done' | 'used' | 'too_many' | 'no_target' | 'unfit'

/** Where values go: key of a field or an option; a null name drops them. */
export interface MoveTarget {
  name: string | null
  fields: CustomField[]
}

interface Holder {
  id: string
  custom_fields: Record<string, unknown>
}

const listHolders = (table: 'leads' | 'accounts'): Statement => ({
  name: `list_${table}_with_custom_field`,
  text: `SELECT id, custom_fields FROM ${table} WHERE workspace_id = $1 AND custom_fields ? $2
    AND ($3::text IS NULL OR (custom_fields -> $2) @> to_jsonb($3::text)) LIMIT $4`,
})

const HOLDERS: Record<Customizable, Statement> = { lead: listHolders('leads'), account: listHolders('accounts') }

/** Moves all values in the caller's transaction; without a target it only tells whether there are any. */
export async function moveCustomValues(
  tx: Tx,
  teller: Teller,
  removal: Removal,
  target: MoveTarget | undefined,
  now: Date,
): Promise<MoveOutcome> {
  const { object, key, option } = removal
  const limit = target === undefined ? 1 : MOVE_LIMIT + 1
  const holders = await tx.query<Holder>(HOLDERS[object], [tx.workspaceId, key, option, limit])
  if (holders.length === 0) return 'done'
  if (target === undefined) return 'used'
  if (holders.length > MOVE_LIMIT) return 'too_many'
  const patches = holders.map((holder) => patchOf(holder.custom_fields, removal, target))
  const fault = patches.find((patch) => typeof patch === 'string')
  if (fault !== undefined) return fault
  const edits = holders.map(({ id }, i) => ({ id, patch: patches[i] as Record<string, unknown> })) // no faults are left
  await (object === 'lead' ? editLeads : editAccounts)(tx, teller, edits, now)
  return 'done'
}

/** The custom fields of one record that change, null where a value goes; or why it cannot be. */
function patchOf(
  current: Record<string, unknown>,
  { key, option }: Removal,
  { name, fields }: MoveTarget,
): Record<string, unknown> | 'no_target' | 'unfit' {
  const field = fields.find((candidate) => candidate.key === (option === null ? name : key))
  if (option === null && name === null) return { [key]: null }
  if (field === undefined) return 'no_target'
  // A value that the target has already is the newer word.
  if (option === null && field.key !== key && current[field.key] !== undefined) return { [key]: null }
  const value = option === null ? current[key] : exchange(current[key], option, name)
  const verdict = readCustomValue(field, value)
  return verdict.ok ? { [key]: null, [field.key]: verdict.value } : 'unfit'
}

function exchange(value: unknown, from: string, to: string | null): unknown {
  if (!Array.isArray(value)) return to
  return value.flatMap((item) => (item === from ? (to ?? []) : item))
}

interface Edit {
  id: string
  patch: Record<string, unknown>
}

const emptyEdit = { fields: {}, metadata: {}, replace: {}, add_external_ids: [] }

async function editLeads(tx: Tx, teller: Teller, edits: Edit[], now: Date): Promise<void> {
  const desk = await loadDesk(
    tx,
    [],
    edits.map(({ id }) => id),
  )
  for (const { id, patch } of edits) editOnDesk(desk, teller, id, { ...emptyEdit, custom_fields: patch }, null, now)
  await writeDesk(tx, desk, now)
}

async function editAccounts(tx: Tx, teller: Teller, edits: Edit[], now: Date): Promise<void> {
  const desk = await loadAccountDesk(
    tx,
    [],
    edits.map(({ id }) => id),
  )
  for (const { id, patch } of edits) {
    const address = {
      id,
      externalIds: [],
      description: [],
      onDuplicate: 'update' as const,
      createOnly: false,
      createIfMissing: false,
    }
    const edit = { ...emptyEdit, custom_fields: patch }
    upsertAccountOnDesk(desk, teller, { address, edit, newId: id, expectedVersion: null }, now)
  }
  await writeAccountDesk(tx, desk, now)
}
