/** Targets of the fields of a form that exist only in a workspace: its own fields, and the criteria of its lifecycle. */
import type { Tx } from '../../db/client.ts'
import type { FormDefinition } from '../../domain/form.ts'
import type { DefinitionFault } from '../../domain/form-faults.ts'
import { criteriaOf } from '../../domain/read-criteria.ts'
import { ApiError } from '../../errors.ts'
import { findWritePolicy, rulesOf } from '../../pipeline/custom-fields.ts'
import { readLifecycle } from '../../pipeline/lifecycle/find-lifecycle.ts'

const CUSTOM_PREFIX = 'custom_fields.'

/** 422 with the place of every field that maps to what the workspace does not have; `at` is where the definition is. */
export async function requireTargets(tx: Tx, definition: FormDefinition, at = ''): Promise<void> {
  const items = [...(await faultsOfCustomFields(tx, definition)), ...(await faultsOfCriteria(tx, definition))]
  if (items.length === 0) return
  const placed = items.map((item) => ({ ...item, pointer: at + item.pointer }))
  throw new ApiError('unprocessable', items[0]?.detail ?? '', { items: placed })
}

/** A workspace that takes undefined fields takes them from forms too. */
async function faultsOfCustomFields(tx: Tx, { fields, quiz }: FormDefinition): Promise<DefinitionFault[]> {
  const asked = fields.flatMap(({ maps_to }, i) =>
    maps_to?.startsWith(CUSTOM_PREFIX)
      ? [{ key: maps_to.slice(CUSTOM_PREFIX.length), pointer: `/fields/${i}/maps_to` }]
      : [],
  )
  if (quiz !== null) asked.push({ key: quiz.maps_to.slice(CUSTOM_PREFIX.length), pointer: '/quiz/maps_to' })
  if (asked.length === 0) return []
  const rules = rulesOf(await findWritePolicy(tx, tx.workspaceId), 'lead')
  return asked
    .filter(({ key }) => !rules.allowUnknown && !rules.fields.has(key))
    .map(({ key, pointer }) => faultAt(pointer, 'unknown_field', `Leads have no custom field "${key}".`))
}

async function faultsOfCriteria(tx: Tx, definition: FormDefinition): Promise<DefinitionFault[]> {
  const asked = criteriaOf(definition)
  if (asked.length === 0) return []
  const { criteria } = (await readLifecycle(tx)).policy
  const known = new Set(criteria.map(({ key }) => key))
  const detail = `The lifecycle has these criteria: ${[...known].join(', ')}.`
  return asked
    .filter(({ key }) => !known.has(key))
    .map(({ i }) => faultAt(`/fields/${i}/maps_to`, 'unknown_criterion', detail))
}

const faultAt = (pointer: string, code: string, detail: string): DefinitionFault => ({
  code,
  detail,
  pointer,
  parameter: null,
})
