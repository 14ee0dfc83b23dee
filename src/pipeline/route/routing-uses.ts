/** Which pools the rules of a workspace name: they cannot go while a rule sends leads there. */
import type { Statement, Tx } from '../../db/client.ts'
import { targetsOf } from '../../domain/routing/routing-faults.ts'
import type { RoutingDefinition } from '../../domain/routing/routing-policy.ts'

const definitionsStatement: Statement = {
  name: 'list_routing_definitions',
  text: `SELECT definition FROM policy_versions WHERE workspace_id = $1 AND kind = 'routing' AND state IN ('draft', 'published')`,
}

/** Keys of the pools that the draft or the published policy names. */
export async function listPoolsInUse(tx: Tx): Promise<Set<string>> {
  const rows = await tx.query<{ definition: RoutingDefinition }>(definitionsStatement, [tx.workspaceId])
  return new Set(rows.flatMap(({ definition }) => targetsOf(definition).flatMap(({ target }) => target.pool_key ?? [])))
}
