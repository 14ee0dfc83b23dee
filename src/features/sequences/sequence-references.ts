/** What a sequence names must be there: templates, senders, segments, stages, other sequences, sellers, fields. */
import type { Tx } from '../../db/client.ts'
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import { coerceCustomFields } from '../../domain/custom-field-map.ts'
import { normalizeFields } from '../../domain/intake.ts'
import { LEAD_TEXT_FIELDS } from '../../domain/lead.ts'
import { type SequenceDefinition, type Step, splitUpdate } from '../../domain/sequence/sequence.ts'
import type { SequenceFault } from '../../domain/sequence/sequence-faults.ts'
import { type NamedBySequence, namesInSequence } from '../../domain/sequence/sequence-names.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { rulesOf, type WritePolicy } from '../../pipeline/custom-fields.ts'
import { findLifecycle } from '../../pipeline/lifecycle/find-lifecycle.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { listKnownNames } from './sequence-queries.ts'

interface Asked {
  key: string
  definition: SequenceDefinition
  policy: WritePolicy
  catalogue: FieldCatalogue
}

/** A fault for everything that is named and not there, and for values that a field cannot take. */
export async function findReferenceFaults(tx: Tx, asked: Asked): Promise<SequenceFault[]> {
  const { definition, policy } = asked
  const named = namesIn(definition)
  const known = await listKnownNames(
    tx,
    named.flatMap(({ kind, name }) => (kind === 'stage' ? [] : [{ kind, name }])),
  )
  const stages = findLifecycle(await readPolicies(tx), asked.catalogue).policy.stages.map(({ key }) => key)
  const isKnown = ({ kind, name }: NamedBySequence) => {
    if (kind === 'stage') return stages.includes(name)
    return known.has(`${kind}/${name}`) || (kind === 'sequence' && name === asked.key)
  }
  return [
    ...named
      .filter((one) => !isKnown(one))
      .map(({ kind, name, pointer }) => ({
        code: `unknown_${kind}`,
        detail: `There is no ${kind} ${name}.`,
        pointer,
      })),
    ...definition.steps.flatMap((step, i) => findUpdateFaults(step, `/steps/${i}/update`, policy)),
  ]
}

/** Names as they are looked up: a user by its uuid. */
const namesIn = (definition: SequenceDefinition): NamedBySequence[] =>
  namesInSequence(definition).map((one) => (one.kind === 'user' ? { ...one, name: uuidOf(one.name) } : one))

/** What is no id is looked up as it is, and not found. */
const uuidOf = (id: string) => decodeTypeId('user', id) ?? id

const OWN = new Set<string>(LEAD_TEXT_FIELDS)

function findUpdateFaults({ update }: Step, pointer: string, policy: WritePolicy): SequenceFault[] {
  const { own, custom } = splitUpdate(update)
  const place = (field: string) => `${pointer}/${update.findLastIndex((one) => one.field === field)}`
  const unknown = Object.keys(own).filter((field) => !OWN.has(field))
  const issues = [
    ...normalizeFields(own, policy.settings.default_country).issues,
    ...coerceCustomFields(rulesOf(policy, 'lead'), custom).issues,
  ]
  return [
    ...unknown.map((field) => ({
      code: 'unknown_field',
      detail: `Use custom_fields.<key> or one of: ${LEAD_TEXT_FIELDS.join(', ')}.`,
      pointer: `${place(field)}/field`,
    })),
    ...issues.map(({ field, code, detail }) => ({ code, detail, pointer: `${place(field)}/value` })),
  ]
}
