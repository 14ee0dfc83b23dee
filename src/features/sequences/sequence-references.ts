/** What a sequence names must be there: templates, senders, segments, stages, other sequences, sellers, fields. */
import type { Tx } from '../../db/client.ts'
import type { FieldCatalogue } from '../../domain/condition/field-catalogue.ts'
import { coerceCustomFields } from '../../domain/custom-field-map.ts'
import { normalizeFields } from '../../domain/intake.ts'
import { LEAD_TEXT_FIELDS } from '../../domain/lead.ts'
import { type SequenceDefinition, type Step, splitUpdate } from '../../domain/sequence/sequence.ts'
import type { SequenceFault } from '../../domain/sequence/sequence-faults.ts'
import { decodeTypeId } from '../../domain/type-id.ts'
import { rulesOf, type WritePolicy } from '../../pipeline/custom-fields.ts'
import { findLifecycle } from '../../pipeline/lifecycle/find-lifecycle.ts'
import { readPolicies } from '../../policies/published-policies.ts'
import { listKnownNames, type NameKind } from './sequence-queries.ts'

interface Asked {
  key: string
  definition: SequenceDefinition
  policy: WritePolicy
  catalogue: FieldCatalogue
}

interface Named {
  kind: NameKind | 'stage'
  name: string
  pointer: string
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
  const isKnown = ({ kind, name }: Named) => {
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

function namesIn({ entry, exit, steps }: SequenceDefinition): Named[] {
  const names: (Omit<Named, 'name'> & { name: string | null | undefined })[] = [
    { kind: 'segment', name: entry.segment_key, pointer: '/entry/segment_key' },
    { kind: 'stage', name: entry.stage_key, pointer: '/entry/stage_key' },
    ...exit.stage_keys.map((name, i) => ({ kind: 'stage' as const, name, pointer: `/exit/stage_keys/${i}` })),
    ...steps.flatMap(({ email, move_stage, enroll, notify }, i) => {
      const at = `/steps/${i}`
      return [
        { kind: 'template' as const, name: email?.template_key, pointer: `${at}/email/template_key` },
        { kind: 'sender' as const, name: email?.sender_key, pointer: `${at}/email/sender_key` },
        { kind: 'stage' as const, name: move_stage?.stage_key, pointer: `${at}/move_stage/stage_key` },
        { kind: 'sequence' as const, name: enroll?.sequence_key, pointer: `${at}/enroll/sequence_key` },
        { kind: 'user' as const, name: uuidOf(notify?.user_id), pointer: `${at}/notify/user_id` },
      ]
    }),
  ]
  return names.flatMap(({ name, ...rest }) => (name == null ? [] : [{ ...rest, name }]))
}

/** What is no id is looked up as it is, and not found. */
const uuidOf = (id: string | null | undefined) => (id == null ? null : (decodeTypeId('user', id) ?? id))

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
