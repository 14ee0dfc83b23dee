/** Which promise an assignment is under: found once, then kept by its version, which never changes. */
import { LRUCache } from 'lru-cache'
import type { Queryable, Statement } from '../../db/client.ts'
import { compileStored, onceFor } from '../../domain/condition/compile-once.ts'
import { matchesCondition } from '../../domain/condition/evaluate-condition.ts'
import type { PublishedPolicy } from '../../domain/policy.ts'
import type { SlaDefinition } from '../../domain/sla/sla-policy.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'

/** The policy for an assignment: the first, by priority and then by key, that fits pool and lead; null when none does. */
export function chooseSla(
  { policies, catalogue, leads, now }: JudgeDesk,
  leadId: string,
  poolKey: string | null,
): PublishedPolicy<SlaDefinition> | null {
  const facts = leads.get(leadId)?.facts
  const fits = ({ definition }: PublishedPolicy<SlaDefinition>) => {
    const { pool_keys, condition } = definition
    if (pool_keys.length > 0 && (poolKey === null || !pool_keys.includes(poolKey))) return false
    if (condition === null) return true
    const compiled = onceFor(catalogue, definition, () => compileStored(catalogue, condition))
    return facts !== undefined && compiled !== null && matchesCondition(compiled, facts, now)
  }
  const [first] = policies
    .of<SlaDefinition>('sla')
    .filter(fits)
    .sort((a, b) => a.definition.priority - b.definition.priority)
  return first ?? null
}

/** Versions in use at one time, over all workspaces; one is about a kilobyte. */
const kept = new LRUCache<string, SlaDefinition>({ max: 5_000 })

const findStatement: Statement = {
  name: 'find_sla_definition',
  text: `SELECT definition FROM policy_versions WHERE workspace_id = $1 AND kind = 'sla' AND policy_key = $2 AND version = $3`,
}

/** The definition of a version. */
export async function findSlaDefinition(
  db: Queryable,
  workspaceId: string,
  key: string,
  version: number,
): Promise<SlaDefinition> {
  const name = `${workspaceId}/${key}@${version}`
  const known = kept.get(name)
  if (known !== undefined) return known
  const [row] = await db.query<{ definition: SlaDefinition }>(findStatement, [workspaceId, key, version])
  if (row === undefined) throw new Error('a clock names a policy version that is not there')
  kept.set(name, row.definition)
  return row.definition
}
