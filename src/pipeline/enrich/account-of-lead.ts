/** The companies that leads belong to, or should belong to by their domains. */
import type { Statement, Tx } from '../../db/client.ts'
import type { AccountFacts } from '../../domain/account.ts'
import { guessCompanyName } from '../../domain/enrichment/guess-company-name.ts'
import { domainIdentity } from '../../domain/merge-account.ts'
import { newId } from '../../domain/new-id.ts'
import { listAccountIdentities } from '../account-queries.ts'
import { upsertAccount } from '../write-account.ts'

const findStatement: Statement = {
  name: 'find_account_of_lead',
  text: 'SELECT * FROM accounts WHERE workspace_id = $1 AND id = $2',
}

/** One account by its id. */
export async function findAccountById(tx: Tx, id: string | null): Promise<AccountFacts | null> {
  if (id === null) return null
  const [row] = await tx.query<AccountFacts & { workspace_id: string; name_key: string | null }>(findStatement, [
    tx.workspaceId,
    id,
  ])
  if (row === undefined) return null
  const { workspace_id: _, name_key: __, ...account } = row
  return account
}

/** Accounts by domain; with `create` also new ones for the domains that have none. In the order of the domains. */
export async function accountsOfDomains(
  tx: Tx,
  domains: readonly string[],
  create: boolean,
  now: Date,
): Promise<Map<string, string>> {
  if (domains.length === 0) return new Map()
  const sorted = [...new Set(domains)].sort()
  const known = await listAccountIdentities(tx, sorted.flatMap(domainIdentity))
  const byDomain = new Map(known.map(({ value, owner }) => [value, owner]))
  if (!create) return byDomain
  for (const domain of sorted) {
    if (!byDomain.has(domain)) byDomain.set(domain, await createAccount(tx, domain, now))
  }
  return byDomain
}

async function createAccount(tx: Tx, domain: string, now: Date): Promise<string> {
  const id = newId()
  const fields = { domain, name: guessCompanyName(domain) ?? domain, website: `https://${domain}/` }
  const address = { id: null, externalIds: [], description: domainIdentity(domain), onDuplicate: 'update' as const }
  const edit = { fields, custom_fields: {}, metadata: {}, replace: {}, add_external_ids: [] }
  await upsertAccount(
    tx,
    { actor: 'system', origin: null },
    { address: { ...address, createOnly: false, createIfMissing: true }, edit, newId: id, expectedVersion: null },
    now,
  )
  return id
}
