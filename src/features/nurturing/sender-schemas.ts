/** Shapes of senders on the wire. */
import { type Static, Type } from 'typebox'
import { type SenderDefinition, SMTP_SECURITIES } from '../../domain/mail/sender.ts'
import { etagOf } from '../../http/etag.ts'
import {
  component,
  Flag,
  Int,
  input,
  Nullable,
  NullableRef,
  OpenEnum,
  pageOf,
  Text,
  Timestamp,
} from '../../http/schema.ts'
import { Email, SenderKey } from './message-schemas.ts'
import type { SenderRow } from './sender-queries.ts'

const Host = (description: string, example: string) =>
  Type.String({
    maxLength: 253,
    pattern: '^[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?$',
    description,
    examples: [example],
  })

const smtp = {
  host: Host('Name or address of the server; must be public, unless the installation trusts it.', 'smtp.example.org'),
  port: Int(1, 65_535, { description: 'Port.', examples: [587] }),
  security: OpenEnum(SMTP_SECURITIES, {
    description: '`tls` from the first byte, `starttls` demanded, `none` never.',
    examples: ['starttls'],
  }),
  username: Nullable(Text(300, { description: 'User; null logs nobody in.', examples: ['mailer'] })),
}
const Smtp = component('SenderSmtp', 'A mail server of its own.', smtp)
const SmtpInput = input('SenderSmtpInput', 'A mail server of its own.', {
  host: smtp.host,
  port: smtp.port,
  security: Type.Optional(smtp.security),
  username: Type.Optional(smtp.username),
  password: Type.Optional(
    Nullable(
      Text(500, {
        description: 'Password; left out it stays, null removes it. Never shown again.',
        examples: ['correct horse'],
      }),
    ),
  ),
})

const selector = Type.String({
  maxLength: 63,
  pattern: '^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$',
  description: 'Selector of the DNS record.',
  examples: ['lw1'],
})
const dkimDomain = Host('Domain that signs.', 'example.org')
const Dkim = component('SenderDkim', 'What signs its mail.', {
  domain: dkimDomain,
  selector,
  dns_record: Nullable(
    Text(2000, {
      description: 'Text of the DNS record `<selector>._domainkey.<domain>`; null without a key.',
      examples: ['v=DKIM1; k=rsa; p=MIGf'],
    }),
  ),
})
const DkimInput = input('SenderDkimInput', 'What signs its mail.', {
  domain: dkimDomain,
  selector,
  private_key: Type.Optional(
    Nullable(
      Text(10_000, {
        description: 'PEM of an RSA (1024 bits and more) or Ed25519 key; left out it stays. Never shown again.',
        examples: [null],
      }),
    ),
  ),
})

const fields = {
  name: Text(200, { description: 'Name that people see.', minLength: 1, examples: ['Analytical Engines'] }),
  email: Email('Address that mail comes from.'),
  reply_to: Nullable(Email('Where answers go; null to the address itself.')),
  postal_address: Text(1000, {
    description: 'Postal address for the footer.',
    examples: ['12 St James Square, London'],
  }),
  bounce_domain: Nullable(
    Host(
      'Domain whose mail reaches the inbound address: bounces then name their message. Null leaves them to the sender.',
      'bounces.example.org',
    ),
  ),
  is_default: Flag({ description: 'True for the one that mail without a sender takes.', examples: [true] }),
}

export const Sender = component('Sender', 'An identity that mail comes from.', {
  sender_key: SenderKey,
  ...fields,
  dkim: NullableRef(Dkim, 'What signs its mail.'),
  smtp: NullableRef(Smtp, 'A mail server of its own; null takes that of the installation.'),
  has_smtp_password: Flag({ description: 'True when a password is stored.', examples: [false] }),
  has_dkim_private_key: Flag({ description: 'True when a signing key is stored.', examples: [false] }),
  version: Int(1, 2_147_483_647, { description: 'Grows with every change.', examples: [1] }),
  etag: Text(40, { description: 'Send it as If-Match to change this version.', examples: ['"v1"'] }),
  created_at: Timestamp({ description: 'When it was made.' }),
  updated_at: Timestamp({ description: 'When it last changed.' }),
})

export const SenderList = pageOf('SenderList', 'A page of senders.', Sender)

export const SenderUpdate = input('SenderUpdate', 'A whole sender; what is left out takes its default, secrets stay.', {
  name: fields.name,
  email: fields.email,
  reply_to: Type.Optional(fields.reply_to),
  postal_address: Type.Optional(fields.postal_address),
  bounce_domain: Type.Optional(fields.bounce_domain),
  is_default: Type.Optional(fields.is_default),
  dkim: Type.Optional(NullableRef(DkimInput, 'What signs its mail.')),
  smtp: Type.Optional(NullableRef(SmtpInput, 'A mail server of its own.')),
})

/** The wire form of a sender. */
export function toSender({ definition, version, ...row }: SenderRow) {
  const { dkim, ...shown } = definition
  return {
    ...row,
    ...shown,
    dkim: dkim === null ? null : { domain: dkim.domain, selector: dkim.selector, dns_record: dkim.dns_record },
    version,
    etag: etagOf(version),
  }
}

export interface SenderSecrets {
  smtp_password: string | null | undefined
  dkim_private_key: string | null | undefined
}

/** Definition and secrets of a request. */
export function readSender(given: Static<typeof SenderUpdate>): {
  definition: SenderDefinition
  secrets: SenderSecrets
} {
  const { dkim = null, smtp: server = null } = given
  return {
    definition: {
      name: given.name,
      email: given.email,
      reply_to: given.reply_to ?? null,
      postal_address: given.postal_address ?? '',
      bounce_domain: given.bounce_domain ?? null,
      is_default: given.is_default ?? false,
      dkim: dkim === null ? null : { domain: dkim.domain, selector: dkim.selector, dns_record: null },
      smtp:
        server === null
          ? null
          : {
              host: server.host,
              port: server.port,
              security: server.security ?? 'starttls',
              username: server.username ?? null,
            },
    },
    secrets: {
      smtp_password: server === null ? null : server.password,
      dkim_private_key: dkim === null ? null : dkim.private_key,
    },
  }
}
