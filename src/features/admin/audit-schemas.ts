/** Shapes of the audit log on the wire. */
import { Type } from 'typebox'
import type { ChainedEntry } from '../../domain/audit-chain.ts'
import { AUDIT_ACTIONS, type AuditAction } from '../../domain/audit-entry.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import {
  component,
  Flag,
  FreeMap,
  Id,
  Int,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { Verification } from './audit-verification.ts'

const EXAMPLE_HASH = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'

/** SHA-256 in hex. */
export const Sha256 = (description: string) =>
  Type.String({ description, pattern: '^[0-9a-f]{64}$', maxLength: 64, examples: [EXAMPLE_HASH] })

/** Number of an entry. */
export const Sequence = (description: string, minimum = 1) =>
  Int(minimum, Number.MAX_SAFE_INTEGER, { description, examples: [17] })

const side = (description: string, example: object) => FreeMap(200, { description, examples: [example] })

export const AuditEntrySchema = component(
  'AuditEntry',
  'Who changed what. Entries are never changed and never removed.',
  {
    id: Id('audit', { description: 'Permanent id.' }),
    sequence: Sequence('Place in the log of the workspace: no gaps.'),
    occurred_at: Timestamp({ description: 'When it happened.' }),
    actor: Text(200, {
      description: 'Who did it: a key, `command_line` or `system`.',
      examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'],
    }),
    action: OpenEnum(Object.keys(AUDIT_ACTIONS) as AuditAction[], { description: 'What was done.' }),
    object: Text(64, { description: 'Kind of object.', examples: ['api_key'] }),
    object_id: Text(200, { description: 'Id or key of the object.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
    before: side('Former values of what changed; secrets are masked, long values are length and digest.', {}),
    after: side('New values of what changed.', { name: 'CRM in Berlin', kind: 'restricted' }),
    before_hash: Nullable(Sha256('Digest of the whole object before; null when it is new.')),
    after_hash: Nullable(Sha256('Digest of the whole object after; null when it is gone.')),
    request_id: Nullable(Text(64, { description: 'Request that did it.', examples: ['req_7f3a9c'] })),
    ip_prefix: Nullable(
      Text(64, { description: 'Network that it came from, never the whole address.', examples: ['203.0.113.0/24'] }),
    ),
    previous_hash: Sha256('Hash of the entry before; zeros for the first.'),
    hash: Sha256('Hash of this entry and the one before.'),
  },
)

export const AuditPage = pageOf('AuditPage', 'A page of the audit log.', AuditEntrySchema)

export const AuditBreak = component('AuditBreak', 'Where the chain does not hold.', {
  sequence: Sequence('Number of the entry that is missing or wrong.'),
  reason: OpenEnum(['missing', 'unlinked', 'altered', 'cut_off', 'rewritten'], {
    description:
      'An entry is missing; it does not link to the one before; it was altered; the newest entries are cut off; the history is another one than was known.',
  }),
})

export const AuditVerification = component('AuditVerification', 'What a walk along the chain found.', {
  valid: Flag({ description: 'True when everything that was checked holds.' }),
  checked_entries: Int(0, 1_000_000, { description: 'Entries that hold.', examples: [17] }),
  through_sequence: Sequence('Last entry that holds; 0 when there is none.', 0),
  head_sequence: Sequence('Newest entry; 0 when there is none.', 0),
  head_hash: Sha256('Hash of the newest entry. Note it elsewhere, and pass it as `known_hash` next time.'),
  first_break: NullableRef(AuditBreak, 'The first place that does not hold; null when all do.'),
  next_sequence: Nullable(Sequence('Pass as `from_sequence` to go on; null when all is checked.')),
})

/** The wire form of an entry. */
export function toAuditEntry({ workspace_id: _, ...entry }: ChainedEntry) {
  return { ...entry, id: encodeTypeId('audit', entry.id) }
}

/** The wire form of a verification. */
export function toAuditVerification(result: Verification) {
  return {
    valid: result.break === null,
    checked_entries: result.checked,
    through_sequence: result.through.sequence,
    head_sequence: result.head.sequence,
    head_hash: result.head.hash,
    first_break: result.break,
    next_sequence: result.next,
  }
}
