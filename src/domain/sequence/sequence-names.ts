// What a sequence names beside its conditions: templates, senders, segments, stages, other sequences, sellers.
import type { SequenceDefinition } from './sequence.ts'

export const SEQUENCE_NAME_KINDS = ['template', 'sender', 'user', 'segment', 'sequence', 'stage'] as const
export type SequenceNameKind = (typeof SEQUENCE_NAME_KINDS)[number]

/** One name, and where it stands. A user is named by its TypeID. */
export interface NamedBySequence {
  kind: SequenceNameKind
  name: string
  pointer: string
}

/** Every name in a definition. */
export function namesInSequence({ entry, exit, steps }: SequenceDefinition): NamedBySequence[] {
  const names: (Omit<NamedBySequence, 'name'> & { name: string | null | undefined })[] = [
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
        { kind: 'user' as const, name: notify?.user_id, pointer: `${at}/notify/user_id` },
      ]
    }),
  ]
  return names.flatMap(({ name, ...rest }) => (name == null ? [] : [{ ...rest, name }]))
}
