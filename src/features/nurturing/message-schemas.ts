/** Shapes of messages on the wire. */
import { Type } from 'typebox'
import { MAIL_EVENT_TYPES } from '../../domain/mail/mail-event.ts'
import { MESSAGE_KINDS, MESSAGE_STATES } from '../../domain/mail/message.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import {
  ClosedEnum,
  component,
  Flag,
  FreeMap,
  Id,
  Int,
  input,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { MessageEventRow } from './message-queries.ts'
import { Locale, mailParts, TemplateKey } from './template-schemas.ts'

const count = (description: string) => Int(0, 2_147_483_647, { description, examples: [0] })
const when = (description: string) => Nullable(Timestamp({ description, examples: [null] }))

export const Email = (description: string) =>
  Type.String({
    maxLength: 320,
    pattern: '^[^\\x00-\\x20<>(),;:]+@[^\\x00-\\x20<>(),;:@]+$',
    description,
    examples: ['ada@example.org'],
  })

export const SenderKey = Slug({ description: 'Key of the sender.', examples: ['news'] })

const Decision = component('MessageDecision', 'What the last decision about sending rested on.', {
  policy: Text(40, { description: 'Version of the rule.', examples: ['send@2'] }),
  at: Timestamp({ description: 'When it was decided.' }),
  allowed: Flag({ description: 'Whether the mail could go.' }),
  reason: Text(500, { description: 'Why.', examples: ['consent'] }),
  consent_id: Nullable(Id('consent', { description: 'Entry of the ledger that allowed or forbade it.' })),
  suppression_id: Nullable(Id('suppression', { description: 'The suppression that forbade it.', examples: [null] })),
  recent: count('Marketing mails that the person got within the window of the cap.'),
})

const Tally = component('MessageTally', 'What became of a mail, as far as we were told; machines are counted apart.', {
  delivered_at: when('When the receiving server told that it was delivered.'),
  bounced_at: when('When it bounced.'),
  complained_at: when('When the person called it spam.'),
  replied_at: when('When the person answered.'),
  unsubscribed_at: when('When the person left by this mail.'),
  opened_at: when('When a person first opened it.'),
  clicked_at: when('When a person first clicked.'),
  opens: count('Opens by people.'),
  clicks: count('Clicks by people.'),
  machine_opens: count('Opens that were most likely made by machines.'),
  machine_clicks: count('Clicks that were most likely made by machines.'),
})

const purpose = Slug({
  description: 'Purpose that marketing needs consent for; what transactional mail is for.',
  examples: ['marketing'],
})
const kind = OpenEnum(MESSAGE_KINDS, {
  description: '`marketing` needs consent and goes at most once; `transactional` answers a deed of the person.',
  examples: ['transactional'],
})
const keyOrNull = (description: string) => Nullable(Slug({ description, examples: [null] }))

export const Message = component('Message', 'One mail to one person.', {
  id: Id('message', { description: 'Id.' }),
  kind,
  purpose,
  state: OpenEnum(MESSAGE_STATES, {
    description:
      '`handed`: being handed to the mail server; `in_doubt`: the server may have a copy and nobody can know; `withheld`: not sent, for the reason.',
    examples: ['sent'],
  }),
  reason: Nullable(
    OpenEnum(['suppressed', 'no_consent', 'quiet_hours', 'frequency_cap', 'paused', 'deferred', 'no_reply'], {
      description: 'Why it is in this state.',
      examples: [null],
    }),
  ),
  lead_id: Nullable(Id('lead', { description: 'The lead; null for somebody who is none.' })),
  to_email: Nullable(Text(320, { description: 'Address.', examples: ['ada@example.org'] })),
  to_name: Nullable(Text(400, { description: 'Name beside the address.', examples: ['Ada Lovelace'] })),
  sender_key: Nullable(
    Slug({ description: 'Sender; null before it is rendered, or for the own one.', examples: ['news'] }),
  ),
  template_key: Nullable(Slug({ description: 'Template, if there is one.', examples: ['welcome'] })),
  template_version: Nullable(
    Int(1, 2_147_483_647, { description: 'Version that it was rendered from.', examples: [1] }),
  ),
  locale: Nullable(Locale('Locale')),
  subject: Nullable(Text(1000, { description: 'Subject as it was rendered.', examples: ['Welcome, Ada'] })),
  sequence_key: keyOrNull('Sequence that it belongs to.'),
  enrollment_id: Nullable(Id('enrollment', { description: 'Enrollment that it belongs to.', examples: [null] })),
  step_key: keyOrNull('Step of the sequence.'),
  variant: Nullable(Text(64, { description: 'Variant of the step.', examples: [null] })),
  due_at: Timestamp({ description: 'When it is to go.' }),
  attempt: count('How often a worker has taken it up.'),
  rfc_message_id: Nullable(Text(300, { description: 'Its Message-ID.', examples: ['<0f1e2d@example.org>'] })),
  content_hash: Nullable(Text(64, { description: 'SHA-256 of its bytes, in hex.', examples: [null] })),
  smtp_response: Nullable(Text(500, { description: 'Last words of the mail server.', examples: ['250 Ok'] })),
  decision: NullableRef(Decision, 'What the last decision about sending rested on.'),
  tally: ref(Tally),
  actor: Text(100, { description: 'Who caused it.', examples: ['key_01k8r5x4q3e7vb2c9m6h0n1d5s'] }),
  resolved_by: Nullable(Text(100, { description: 'Who resolved it when it was in doubt.', examples: [null] })),
  created_at: Timestamp({ description: 'When it was planned.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
  handed_at: when('When it was marked as handed over.'),
  sent_at: when('When the mail server took it.'),
})

export const MessageList = pageOf('MessageList', 'A page of messages, newest first.', Message)

const MessageContent = input('MessageContent', 'Subject and bodies of a mail without a template, all in Liquid.', {
  subject: mailParts.subject,
  html: Type.Optional(mailParts.html),
  text: Type.Optional(mailParts.text),
})

const to = input('MessageRecipient', 'One recipient.', {
  email: Email('Address; one only.'),
  name: Type.Optional(Nullable(Text(400, { description: 'Name beside the address.', examples: ['Ada Lovelace'] }))),
})

export const MessageCreate = input(
  'MessageCreate',
  'A mail to one person: to a lead, or to `to`; from a template, or with its `content`.',
  {
    lead_id: Type.Optional(Nullable(Id('lead', { description: 'The lead that it goes to.' }))),
    to: Type.Optional(NullableRef(to, 'Somebody who is no lead, or another address; only transactional mail.')),
    kind: Type.Optional(kind),
    purpose: Type.Optional(purpose),
    template_key: Type.Optional(TemplateKey),
    content: Type.Optional(NullableRef(MessageContent, 'Subject and bodies, where there is no template.')),
    sender_key: Type.Optional(
      Nullable(Slug({ description: 'Sender; the default one when left out.', examples: [null] })),
    ),
    locale: Type.Optional(Nullable(Locale('Locale; that of the lead when left out'))),
    data: Type.Optional(
      FreeMap(100, { description: 'What the template reads as `data`.', examples: [{ code: 'X1' }] }),
    ),
    due_at: Type.Optional(Timestamp({ description: 'When it is to go; now when left out.' })),
  },
  {
    examples: [
      {
        lead_id: 'lead_01k8r5x4q3e7vb2c9m6h0n1d5s',
        kind: 'transactional',
        purpose: 'service',
        template_key: 'welcome',
        data: { code: 'X1' },
      },
    ],
  },
)

export const MessageResolution = input('MessageResolution', 'What somebody found out about a doubtful mail.', {
  outcome: ClosedEnum(['sent', 'failed', 'send_again'] as const, {
    description:
      '`sent`: it arrived; `failed`: it did not, leave it; `send_again`: send the same bytes once more, knowing that two may arrive.',
  }),
})

export const MessageEvent = component('MessageEvent', 'Something that happened to a mail after it left.', {
  id: Id('message_event', { description: 'Id.' }),
  message_id: Id('message', { description: 'The message.' }),
  type: OpenEnum(MAIL_EVENT_TYPES, { description: 'What happened.', examples: ['clicked'] }),
  occurred_at: Timestamp({ description: 'When.' }),
  machine_percent: Int(0, 100, { description: 'How likely a machine did it, in percent.', examples: [0] }),
  url: Nullable(Text(2000, { description: 'Where a click led.', examples: ['https://shop.test/'] })),
  data: FreeMap(50, { description: 'Details.', examples: [{}] }),
})

export const MessageEventList = pageOf('MessageEventList', 'Events of a message, oldest first.', MessageEvent)

/** The wire form of an event. */
export const toMessageEvent = (row: MessageEventRow) => ({
  ...row,
  id: encodeTypeId('message_event', row.id),
  message_id: encodeTypeId('message', row.message_id),
})
