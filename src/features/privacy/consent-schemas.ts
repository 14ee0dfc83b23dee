/** Shapes of consent on the wire. */
import { Type } from 'typebox'
import { CONSENT_ACTIONS, CONSENT_CHANNELS } from '../../domain/consent.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import {
  component,
  Flag,
  Id,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'
import type { ConsentRow } from '../../pipeline/consent-queries.ts'
import { CONSENT_METHODS, type Permission } from './consent-service.ts'

/** Of the example wording. */
const HASH = '6c9910ed8ec68a217b46cc6f7c6eb116d570b32bbb6e0f9a3541165860cac315'

const Hash = Type.String({
  pattern: '^[0-9a-f]{64}$',
  maxLength: 64,
  description: 'SHA-256 of the exact wording (UTF-8), in hex.',
  examples: [HASH],
})

const fields = {
  purpose: Slug({
    description: 'What they agreed to or objected to. `all` withdraws every purpose; nothing can be granted for it.',
    examples: ['marketing'],
  }),
  channel: OpenEnum(CONSENT_CHANNELS, { description: 'How they may be contacted.', examples: ['email'] }),
  action: OpenEnum(CONSENT_ACTIONS, { description: 'What they did.', examples: ['granted'] }),
  method: OpenEnum(CONSENT_METHODS, { description: 'How they told us.', examples: ['form_checkbox'] }),
  occurred_at: Timestamp({ description: 'When they did it.' }),
  expires_at: Nullable(
    Timestamp({ description: 'When a grant ends by itself; null lasts until withdrawn.', examples: [null] }),
  ),
  wording: Nullable(
    Text(2000, { description: 'What they read, word for word.', examples: ['Yes, send me news by e-mail.'] }),
  ),
  wording_version: Nullable(
    Text(200, {
      description: 'Version of the wording; for forms the form and its version.',
      examples: ['contact@3'],
    }),
  ),
  locale: Nullable(Text(35, { description: 'Locale of the wording.', examples: ['en'] })),
  evidence: TextMap(50, 2000, {
    description: 'Further proof: ticket, call recording, IP of another system.',
    examples: [{ ticket: 'HELP-71' }],
  }),
}

export const ConsentEntry = component('ConsentEntry', 'One entry of the consent ledger; none is ever changed.', {
  id: Id('consent', { description: 'Id.' }),
  lead_id: Id('lead', { description: 'The lead.' }),
  ...fields,
  wording_hash: Nullable(Hash),
  recorded_at: Timestamp({ description: 'When it was recorded.' }),
  actor: Text(100, { description: 'Who recorded it.', examples: ['form:contact'] }),
  form_key: Nullable(Slug({ description: 'Form, if it was one.', examples: ['contact'] })),
  consent_key: Nullable(Slug({ description: 'Key of the consent in the form.', examples: ['newsletter'] })),
  submission_id: Nullable(Id('submission', { description: 'The submission, if it was one.' })),
  ip_prefix: Nullable(
    Text(64, { description: 'Network of the person, never the full address.', examples: ['203.0.113.0/24'] }),
  ),
})

export const ConsentEntryPage = pageOf('ConsentEntryPage', 'A page of the ledger, oldest first.', ConsentEntry)

export const ConsentRecord = input('ConsentRecord', 'A grant or a withdrawal, with its proof.', {
  purpose: fields.purpose,
  channel: fields.channel,
  action: fields.action,
  method: Type.Optional(fields.method),
  occurred_at: Type.Optional(fields.occurred_at),
  expires_at: Type.Optional(fields.expires_at),
  wording: Type.Optional(fields.wording),
  wording_hash: Type.Optional(Nullable(Hash)),
  wording_version: Type.Optional(fields.wording_version),
  locale: Type.Optional(fields.locale),
  evidence: Type.Optional(fields.evidence),
})

export const ContactPermission = component('ContactPermission', 'Whether a person may be contacted, and why.', {
  allowed: Flag({ description: 'Whether they may.' }),
  reason: OpenEnum(['granted', 'withdrawn', 'expired', 'never_granted'], {
    description: 'Why.',
    examples: ['granted'],
  }),
  purpose: fields.purpose,
  channel: fields.channel,
  at: Timestamp({ description: 'The moment that was asked about.' }),
  policy: Text(40, { description: 'Version of the rule that decided.', examples: ['consent@1'] }),
  decided_by: NullableRef(ConsentEntry, 'The entry that decided.'),
  chain: List(ref(ConsentEntry), 10_000, {
    description: 'All entries that were considered, oldest first.',
  }),
})

/** The wire form of an entry. */
export function toConsentEntry(row: ConsentRow) {
  return {
    ...row,
    id: encodeTypeId('consent', row.id),
    lead_id: encodeTypeId('lead', row.lead_id),
    submission_id: row.submission_id === null ? null : encodeTypeId('submission', row.submission_id),
  }
}

/** The wire form of a decision. */
export function toContactPermission({ verdict, question }: Permission) {
  const { allowed, reason, policy, decided_by, chain } = verdict
  return {
    allowed,
    reason,
    purpose: question.purpose,
    channel: question.channel,
    at: question.at.toISOString(),
    policy,
    decided_by: decided_by === null ? null : toConsentEntry(decided_by),
    chain: chain.map(toConsentEntry),
  }
}
