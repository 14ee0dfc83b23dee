/** Shapes of suppressions on the wire. */
import { Type } from 'typebox'
import { SUPPRESSION_REASONS, SUPPRESSION_SCOPES } from '../../domain/mail/suppression.ts'
import { BATCH_LIMIT } from '../../http/batch.ts'
import { component, Id, input, Nullable, OpenEnum, pageOf, ref, Slug, Text, Timestamp } from '../../http/schema.ts'

const KINDS = ['address', 'domain'] as const

const fields = {
  kind: OpenEnum(KINDS, {
    description: 'One address, or everybody of a domain and its subdomains.',
    examples: ['address'],
  }),
  value: Text(320, { description: 'Address or domain.', minLength: 1, examples: ['ada@example.org'] }),
  scope: OpenEnum(SUPPRESSION_SCOPES, {
    description: '`all` mail, all `marketing`, or the marketing of one `purpose`.',
    examples: ['all'],
  }),
  purpose: Nullable(Slug({ description: 'The purpose, of that scope only.', examples: [null] })),
  reason: OpenEnum(SUPPRESSION_REASONS, { description: 'Why.', examples: ['manual'] }),
  note: Nullable(Text(1000, { description: 'A word for colleagues.', examples: ['Asked by phone.'] })),
}

export const Suppression = component('Suppression', 'Whom no mail goes to, and why.', {
  id: Id('suppression', { description: 'Id.' }),
  ...fields,
  message_id: Nullable(Id('message', { description: 'The mail that led to it.', examples: [null] })),
  actor: Text(100, { description: 'Who added it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  created_at: Timestamp({ description: 'Since when.' }),
  lifted_at: Nullable(Timestamp({ description: 'Until when; null while it holds.', examples: [null] })),
  lifted_by: Nullable(Text(100, { description: 'Who lifted it.', examples: [null] })),
})

export const SuppressionList = pageOf('SuppressionList', 'A page of suppressions, newest first.', Suppression)

export const SuppressionCreate = input('SuppressionCreate', 'Somebody whom no mail may go to.', {
  value: fields.value,
  kind: Type.Optional(fields.kind),
  scope: Type.Optional(fields.scope),
  purpose: Type.Optional(fields.purpose),
  reason: Type.Optional(fields.reason),
  note: Type.Optional(fields.note),
})

export const SuppressionBatch = input('SuppressionBatch', 'Up to 200 at once.', {
  items: Type.Array(ref(SuppressionCreate), {
    description: 'Each as in a single request.',
    minItems: 1,
    maxItems: BATCH_LIMIT,
  }),
})
