/** The suppressions that may forbid mail to some addresses: by address, by its digest when its owner was erased, by domain. */
import type { Queryable, Statement } from '../../db/client.ts'
import { domainsOf, type SuppressionFacts } from '../../domain/mail/suppression.ts'

// One of an erased person is shown under the address that was asked for, so that nobody else has to know of digests.
const listStatement: Statement = {
  name: 'list_suppressions_of_addresses',
  text: `SELECT s.id, s.kind, asked.address AS value, s.scope, s.purpose, s.reason FROM unnest($2::text[]) AS asked (address)
    JOIN suppressions s ON s.workspace_id = $1 AND s.kind = 'address' AND s.lifted_at IS NULL
      AND s.value = ANY (ARRAY[asked.address, erased_address(asked.address)])
    UNION ALL SELECT id, kind, value, scope, purpose, reason FROM suppressions
    WHERE workspace_id = $1 AND lifted_at IS NULL AND kind = 'domain' AND value = ANY ($3::text[])`,
}

/** Suppressions that hold and concern these addresses, as `address_key` has them. */
export async function listSuppressionsOf(
  db: Queryable,
  workspaceId: string,
  addresses: string[],
): Promise<SuppressionFacts[]> {
  const domains = [...new Set(addresses.flatMap(domainsOf))]
  return await db.query(listStatement, [workspaceId, [...new Set(addresses)], domains])
}
