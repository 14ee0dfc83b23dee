/** Service levels as policies: what their endpoints do. */
import type { Tx } from '../../db/client.ts'
import { calendarFaults } from '../../domain/calendar/calendar-faults.ts'
import { validateCondition } from '../../domain/condition/validate-condition.ts'
import { type SlaDefinition, slaFaults } from '../../domain/sla/sla-policy.ts'
import type { ProblemItem } from '../../errors.ts'
import { catalogueOf } from '../../pipeline/condition-catalogue.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { findMissingKeys } from '../../pipeline/names/find-missing-keys.ts'
import { policyEndpoints } from '../../policies/endpoints/policy-endpoints.ts'
import { type SlaPolicyBody, toSlaDefinition } from './sla-schemas.ts'

export const slaPolicies = policyEndpoints<SlaDefinition, SlaPolicyBody>({
  kind: 'sla',
  noun: 'service level',
  path: '/settings/sla',
  parameter: 'sla_key',
  scopes: { read: 'settings:read', write: 'settings:write' },
  toDefinition: toSlaDefinition,
  findFaults,
  findMissing: findMissingKeys,
})

async function findFaults(tx: Tx, definition: SlaDefinition): Promise<ProblemItem[]> {
  const { calendar, condition } = definition
  const catalogue = catalogueOf(tx.workspaceId, await findWritePolicy(tx, tx.workspaceId))
  const verdict = validateCondition(condition, catalogue, '/condition')
  const ofCalendar = calendar === null ? [] : calendarFaults({ ...calendar, absences: [] })
  return [
    ...(verdict.ok ? [] : verdict.faults),
    ...ofCalendar.map((fault) => ({ ...fault, pointer: `/calendar${fault.pointer}` })),
    ...slaFaults(definition),
  ].map((fault) => ({ ...fault, parameter: null }))
}
