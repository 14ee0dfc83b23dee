/** Shapes of the preference page and of double opt-in on the wire. */
import { Type } from 'typebox'
import { REF_PATTERN } from '../../domain/mail/link-ref.ts'
import {
  component,
  Flag,
  Id,
  Int,
  input,
  List,
  mapComponent,
  Nullable,
  OpenEnum,
  ref,
  Slug,
  Text,
  TextMap,
  Timestamp,
} from '../../http/schema.ts'
import { Locale } from './template-schemas.ts'

const EXAMPLE_REF = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

export const LinkRefParameter = Type.String({
  pattern: REF_PATTERN,
  maxLength: 100,
  description: 'Reference in a link of a mail.',
  examples: [EXAMPLE_REF],
})

const key = Slug({ description: 'Purpose.', examples: ['marketing'] })
const subscribed = Flag({ description: 'True when mail for this purpose may go.' })

const PreferenceChoice = component('PreferenceChoice', 'Where a person stands with one purpose.', {
  key,
  label: Text(200, { description: 'What people read.', examples: ['News and offers'] }),
  description: Text(1000, { description: 'A sentence below it.', examples: ['About twice a month.'] }),
  subscribed,
  blocked: Flag({ description: 'True when something else than their will keeps mail back.', examples: [false] }),
})

export const MailPreferences = component('MailPreferences', 'What a person has chosen.', {
  address: Text(320, { description: 'Address, shortened.', examples: ['a•••@example.org'] }),
  purposes: List(ref(PreferenceChoice), 51, { description: 'What they can choose.' }),
})

const ChoiceInput = input('PreferenceChoiceInput', 'A choice.', { key, subscribed })

export const MailPreferencesUpdate = input('MailPreferencesUpdate', 'Choices; those that are not named stay.', {
  purposes: Type.Array(ref(ChoiceInput), { description: 'The choices.', minItems: 1, maxItems: 51 }),
})

export const OneClick = mapComponent('OneClickUnsubscribe', 20, {
  description: 'What mail programs send (RFC 8058), `List-Unsubscribe=One-Click`. Any POST to the address leaves.',
  examples: [{ 'List-Unsubscribe': 'One-Click' }],
})

const wording = Text(2000, {
  description: 'What they agree to, word for word.',
  minLength: 1,
  examples: ['Yes, send me news by e-mail.'],
})

export const ConfirmationRequest = input('ConfirmationRequest', 'A consent to be confirmed by mail.', {
  purpose: key,
  wording,
  locale: Type.Optional(Nullable(Locale('Locale of the mail; that of the lead when left out'))),
  sender_key: Type.Optional(
    Nullable(Slug({ description: 'Sender; the default one when left out.', examples: [null] })),
  ),
  valid_days: Type.Optional(
    Int(1, 90, { description: 'How long the link is good; 14 when left out.', examples: [14] }),
  ),
})

export const Confirmation = component('Confirmation', 'A consent that waits for its confirmation, or has it.', {
  id: Id('confirmation', { description: 'Id.' }),
  lead_id: Id('lead', { description: 'The lead.' }),
  purpose: key,
  wording,
  locale: Locale('Locale of the mail'),
  state: OpenEnum(['pending', 'confirmed', 'expired'], { description: 'Where it stands.', examples: ['pending'] }),
  message_id: Id('message', { description: 'The mail with the link.' }),
  requested_at: Timestamp({ description: 'When it was asked for.' }),
  expires_at: Timestamp({ description: 'Until when it can be confirmed.' }),
  confirmed_at: Nullable(Timestamp({ description: 'When it was confirmed.', examples: [null] })),
})

export const ConfirmedConsent = component('ConfirmedConsent', 'What was confirmed.', {
  purpose: key,
  wording,
  confirmed_at: Timestamp({ description: 'When.' }),
})

export const RenderRequest = input('TemplateRenderRequest', 'What to render a template with.', {
  lead_id: Type.Optional(Nullable(Id('lead', { description: 'A real lead.' }))),
  locale: Type.Optional(Nullable(Locale('Locale; that of the lead when left out'))),
  sender_key: Type.Optional(
    Nullable(Slug({ description: 'Sender; the default one when left out.', examples: [null] })),
  ),
  data: Type.Optional(
    Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: { description: 'Any JSON value.' },
      maxProperties: 100,
      description: 'What the template reads as `data`.',
      examples: [{ code: 'X1' }],
    }),
  ),
})

export const RenderedMail = component('RenderedMail', 'A mail as it would go.', {
  locale: Locale('Locale that was chosen'),
  subject: Text(1000, { description: 'Subject.', examples: ['Welcome, Ada'] }),
  html: Nullable(Text(1_500_000, { description: 'HTML part.', examples: ['<p>Hello Ada</p>'] })),
  text: Text(1_500_000, { description: 'Text part.', examples: ['Hello Ada'] }),
  missing: List(Text(500, { description: 'A variable.', examples: ['lead.company_name'] }), 1000, {
    description: 'Variables that the template reads and that are missing or empty here.',
    examples: [['lead.company_name']],
  }),
})

export const TestSendRequest = input('TestSendRequest', 'Where a test goes.', {
  to_email: Text(320, { description: 'Address of a colleague.', minLength: 3, examples: ['me@example.org'] }),
  lead_id: Type.Optional(Nullable(Id('lead', { description: 'A real lead to fill the template with.' }))),
  locale: Type.Optional(Nullable(Locale('Locale'))),
  sender_key: Type.Optional(
    Nullable(Slug({ description: 'Sender; the default one when left out.', examples: [null] })),
  ),
  data: Type.Optional(
    TextMap(100, 10_000, { description: 'What the template reads as `data`.', examples: [{ code: 'X1' }] }),
  ),
})
