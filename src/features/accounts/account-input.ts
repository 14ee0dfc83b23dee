/** What an API user sends about an account -> an edit in canonical form, with every fault named by its place. */
import { ACCOUNT_TEXT_FIELDS } from '../../domain/account.ts'
import { normalizeAccountFields, type RawAccountFields } from '../../domain/account-fields.ts'
import type { ExternalId } from '../../domain/lead.ts'
import { type AccountEdit, domainIdentity } from '../../domain/merge-account.ts'
import { addIds } from '../../domain/merge-edit.ts'
import { newId } from '../../domain/new-id.ts'
import type { DedupePolicy } from '../../domain/workspace-settings.ts'
import { validationFailed } from '../../errors.ts'
import type { WritePolicy } from '../../pipeline/custom-fields.ts'
import { readOwnerId } from '../../pipeline/owner-references.ts'
import { type CollectionsInput, faultAt, faultsOfIssues, readCollections } from '../../pipeline/read-record.ts'
import type { AccountUpsert } from '../../pipeline/write-account.ts'

/** What a create or update may bring, as the schemas let it through. */
export interface AccountInput extends RawAccountFields, CollectionsInput {
  external_ids?: ExternalId[]
  archived?: boolean
  owner_id?: string | null
}

/** An edit in canonical form; throws 400 that names every fault. `country` is the one of phone numbers without a prefix. */
export function readAccountInput(policy: WritePolicy, input: AccountInput, country: string | null): AccountEdit {
  const names = [...ACCOUNT_TEXT_FIELDS, 'employee_count', 'annual_revenue'] as const
  const raw = Object.fromEntries(names.map((name) => [name, input[name]]))
  const { fields, issues } = normalizeAccountFields(raw, country)
  const { tags, custom_fields, metadata, faults } = readCollections(policy, 'account', input)
  const all = [...faultsOfIssues(issues), ...faults]
  if (all.length > 0) throw validationFailed(all)
  return {
    fields,
    custom_fields,
    metadata,
    replace: {
      ...(tags && { tags }),
      ...(input.external_ids && { external_ids: addIds([], input.external_ids) }),
      ...(input.archived !== undefined && { archived: input.archived }),
      ...(input.owner_id !== undefined && { owner_id: readOwnerId(input.owner_id) }),
    },
    add_external_ids: [],
  }
}

/** An upsert that finds its account by id, else by external id, else by domain; its ids join those that are there. */
export function upsertOf(
  policy: WritePolicy,
  input: AccountInput,
  { onDuplicate, country, id = null }: { onDuplicate: DedupePolicy; country: string | null; id?: string | null },
): AccountUpsert {
  const { external_ids: externalIds = [], ...fields } = input
  const edit = { ...readAccountInput(policy, fields, country), add_external_ids: addIds([], externalIds) }
  const { name, domain } = edit.fields
  if (id === null && externalIds.length === 0 && typeof name !== 'string' && typeof domain !== 'string') {
    throw validationFailed([faultAt('', 'required', 'Give a name, a domain or an external id.')])
  }
  return {
    address: {
      id,
      externalIds,
      description: domainIdentity(domain),
      onDuplicate,
      createOnly: false,
      createIfMissing: true,
    },
    edit,
    newId: newId(),
    expectedVersion: null,
  }
}
