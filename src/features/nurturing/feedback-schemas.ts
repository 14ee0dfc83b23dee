/** Shapes of what comes back from mail. */
import { Type } from 'typebox'
import { REF_PATTERN } from '../../domain/mail/link-ref.ts'
import { component, Int, input, mapComponent, OpenEnum, Text } from '../../http/schema.ts'

export const InboundKeyParameter = Type.String({
  pattern: REF_PATTERN,
  maxLength: 100,
  description: 'Secret address of the workspace; see the status of mail.',
  examples: ['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
})

export const InboundMail = input('InboundMail', 'A mail as it came in.', {
  raw: Text(26_214_400, {
    description: 'The whole mail (RFC 5322), headers and all.',
    minLength: 1,
    examples: ['From: ada@example.org\r\nSubject: Re: Welcome\r\n\r\nThank you!'],
  }),
  envelope_to: Type.Optional(
    Text(320, {
      description: 'Address that it was delivered to, where your server tells.',
      examples: ['bounce+abc@bounces.example.org'],
    }),
  ),
})

export const InboundResult = component('InboundResult', 'What a mail was taken for.', {
  outcome: OpenEnum(['bounced', 'complained', 'replied', 'ignored'], {
    description: '`ignored`: nothing of ours, or it does not prove that it is.',
    examples: ['ignored'],
  }),
})

export const MailCallback = mapComponent('MailCallback', 1000, {
  description: 'A callback in the words of the provider; SendGrid sends a list of them.',
  examples: [{ 'event-data': {} }],
})

export const MailCallbackResult = component('MailCallbackResult', 'What a callback told that was new.', {
  recorded: Int(0, 1_000_000, { description: 'Events about mails of ours that were not known before.', examples: [0] }),
})
