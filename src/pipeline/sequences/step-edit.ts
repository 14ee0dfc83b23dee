/** What a step of a sequence edits of a lead; the same for a live enrollment and for a walk in advance. */
import { coerceCustomFields } from '../../domain/custom-field-map.ts'
import { normalizeFields } from '../../domain/intake.ts'
import type { LeadFacts } from '../../domain/lead.ts'
import type { LeadEdit } from '../../domain/merge-edit.ts'
import { type FieldUpdate, type Step, splitUpdate } from '../../domain/sequence/sequence.ts'
import { rulesOf } from '../custom-fields.ts'
import type { JudgeDesk } from '../judge/judge-desk.ts'

/** The edit that an `update` or `tag` step makes; null for a step that edits nothing. */
export function editOfStep(desk: JudgeDesk, lead: LeadFacts, step: Step): LeadEdit | null {
  if (step.kind === 'update') return editOf(desk, step.update)
  return step.tag === null ? null : tagEdit(lead, step.tag)
}

const NO_EDIT: LeadEdit = { fields: {}, custom_fields: {}, metadata: {}, replace: {}, add_external_ids: [] }

function editOf({ policy }: JudgeDesk, update: readonly FieldUpdate[]): LeadEdit {
  const { own, custom: given } = splitUpdate(update)
  const { fields } = normalizeFields(own, policy.settings.default_country)
  const { values } = coerceCustomFields(rulesOf(policy, 'lead'), given)
  // Coercing leaves blanks out, but an empty value is what empties a field.
  const emptied = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === null ? [[name, null]] : [])),
  )
  return { ...NO_EDIT, fields, custom_fields: { ...values, ...emptied } }
}

function tagEdit(lead: LeadFacts, { add, remove }: NonNullable<Step['tag']>): LeadEdit {
  const tags = [...new Set([...lead.tags, ...add])].filter((tag) => !remove.includes(tag))
  return { ...NO_EDIT, replace: { tags } }
}
