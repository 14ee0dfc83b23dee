/** Shapes of the rules of sending and of its standing. */
import { type Static, Type } from 'typebox'
import { DEFAULT_MAIL_SETTINGS, type MailSettings } from '../../domain/mail/mail-settings.ts'
import { MAIL_PROVIDERS } from '../../domain/mail/provider-events.ts'
import { etagOf } from '../../http/etag.ts'
import {
  component,
  Flag,
  Int,
  input,
  List,
  Nullable,
  NullableRef,
  OpenEnum,
  ref,
  Slug,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import type { MailGate } from '../../pipeline/mail/mail-gate.ts'

const cap = {
  count: Int(1, 100, { description: 'Most marketing mails to one person.', examples: [2] }),
  days: Int(1, 90, { description: 'Within so many times 24 hours.', examples: [7] }),
}
const hour = (description: string, example: number) => Int(0, 24, { description, examples: [example] })
const quiet = {
  from_hour: hour('Hour of the day at which the quiet begins.', 21),
  to_hour: hour('Hour at which it ends; before `from_hour` goes over midnight, the same means never.', 8),
  quiet_days: List(Int(1, 7, { description: '1 Monday to 7 Sunday.', examples: [7] }), 6, {
    description: 'Whole days without marketing mail, at most six.',
    examples: [[7]],
  }),
}
const purpose = {
  key: Slug({ description: 'Purpose in the consent ledger.', examples: ['marketing'] }),
  label: Text(200, { description: 'What people read.', examples: ['News and offers'] }),
  description: Text(1000, { description: 'A sentence below it.', examples: ['About twice a month.'] }),
}
const validDays = Int(1, 90, {
  description:
    'Marketing mail that could not leave within so many days of its moment, as while complaints have paused it, is withheld as `out_of_date`.',
  examples: [7],
})
const flags = {
  track_opens: Flag({ description: 'True adds an open pixel to marketing mail.' }),
  track_clicks: Flag({ description: 'True counts the links of marketing mail.' }),
}

const Cap = component('FrequencyCap', 'How often marketing mail may reach one person.', cap)
const Quiet = component('QuietHours', 'When no marketing mail goes out, by the clock of the person.', quiet)
const Purpose = component('MailPurpose', 'What people can choose on the preference page.', purpose)

export const MailSettingsSchema = component('MailSettings', 'Rules of sending.', {
  caps: List(ref(Cap), 10, { description: 'All of them hold.' }),
  quiet_hours: NullableRef(Quiet, 'Hours without marketing mail; null sends at any hour.'),
  valid_days: validDays,
  purposes: List(ref(Purpose), 50, { description: 'What people can choose on the preference page.' }),
  ...flags,
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v1"'] }),
  updated_at: Nullable(Timestamp({ description: 'When it last changed; null when nobody ever changed it.' })),
})

const CapInput = input('FrequencyCapInput', 'How often marketing mail may reach one person.', cap)
const QuietInput = input('QuietHoursInput', 'When no marketing mail goes out, by the clock of the person.', {
  from_hour: quiet.from_hour,
  to_hour: quiet.to_hour,
  quiet_days: Type.Optional(quiet.quiet_days),
})
const PurposeInput = input('MailPurposeInput', 'What people can choose on the preference page.', {
  key: purpose.key,
  label: purpose.label,
  description: Type.Optional(purpose.description),
})

export const MailSettingsUpdate = input('MailSettingsUpdate', 'Rules of sending; what is left out takes its default.', {
  caps: Type.Optional(List(ref(CapInput), 10, { description: 'All of them hold.' })),
  quiet_hours: Type.Optional(NullableRef(QuietInput, 'Hours without marketing mail.')),
  valid_days: Type.Optional(validDays),
  purposes: Type.Optional(
    List(ref(PurposeInput), 50, { description: 'What people can choose on the preference page.' }),
  ),
  track_opens: Type.Optional(flags.track_opens),
  track_clicks: Type.Optional(flags.track_clicks),
})

/** The wire form of the rules. */
export function toMailSettings({
  settings,
  version,
  updated_at,
}: Pick<MailGate, 'settings' | 'version' | 'updated_at'>) {
  return { ...settings, version, etag: etagOf(version), updated_at }
}

/** Rules with their defaults filled in. */
export function readMailSettingsUpdate(given: Static<typeof MailSettingsUpdate>): MailSettings {
  const { quiet_hours, purposes } = given
  return {
    caps: given.caps ?? DEFAULT_MAIL_SETTINGS.caps,
    quiet_hours:
      quiet_hours == null ? null : { ...quiet_hours, quiet_days: [...new Set(quiet_hours.quiet_days ?? [])].sort() },
    valid_days: given.valid_days ?? DEFAULT_MAIL_SETTINGS.valid_days,
    purposes:
      purposes?.map(({ key, label, description }) => ({ key, label, description: description ?? '' })) ??
      DEFAULT_MAIL_SETTINGS.purposes,
    track_opens: given.track_opens ?? DEFAULT_MAIL_SETTINGS.track_opens,
    track_clicks: given.track_clicks ?? DEFAULT_MAIL_SETTINGS.track_clicks,
  }
}

const count = (description: string) => Int(0, 2_147_483_647, { description, examples: [0] })

export const MailStatus = component('MailStatus', 'Where sending stands.', {
  transport: OpenEnum(['smtp', 'files'], {
    description: 'How mail leaves: by the mail server of the installation, or into files where none is set up.',
    examples: ['files'],
  }),
  state: OpenEnum(['open', 'warned', 'paused'], {
    description:
      '`warned` from 0.1 % of complaints in 30 days on; `paused` from 0.2 % on: marketing mail waits until it is resumed, or is out of date.',
    examples: ['open'],
  }),
  paused_at: Nullable(Timestamp({ description: 'Since when marketing mail is paused.', examples: [null] })),
  complaints: count('People who complained in the last 30 days, from the last resumption on.'),
  mails: count('Marketing mails that they are a part of, counted as far as it matters.'),
  planned: count('Mails that wait for their time.'),
  in_flight: count('Mails that are being sent.'),
  in_doubt: count('Mails that somebody should look at.'),
  inbound_url: Text(500, {
    description: 'Where your mail server posts mail to `bounce_domain` and answers (message/rfc822); keep it secret.',
    examples: ['https://leads.example.org/v1/public/inbound-mail/k3y'],
  }),
})

const Provider = Type.Unsafe<(typeof MAIL_PROVIDERS)[number]>({
  type: 'string',
  enum: [...MAIL_PROVIDERS],
  description: 'Provider of mail.',
  examples: ['mailgun'],
})
export const ProviderParameter = Provider

export const MailProvider = component('MailProvider', 'Callbacks of a provider of mail.', {
  provider: Provider,
  is_set: Flag({ description: 'True when its secret is stored; without it every callback is refused.' }),
  callback_url: Text(500, {
    description: 'Where the provider sends its callbacks; keep it secret.',
    examples: ['https://leads.example.org/v1/public/mail-events/mailgun/k3y'],
  }),
  version: Int(0, 2_147_483_647, { description: 'Grows with every change; 0 before the first.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v1"'] }),
  updated_at: Nullable(Timestamp({ description: 'When the secret was stored.' })),
})

export const MailProviderUpdate = input('MailProviderUpdate', 'What the callbacks of a provider are verified by.', {
  secret: Text(2000, {
    description:
      'Mailgun: signing key. SendGrid: public key of signed events (base64). Postmark: `user:password` of basic authentication in its URL. ' +
      'SES: ARN of the SNS topic, whose messages Amazon signs.',
    minLength: 8,
    examples: ['key-0123456789abcdef'],
  }),
})
