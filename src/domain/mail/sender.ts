// A sender is an identity that mail comes from: address, where answers go, the postal address that the law wants in the
// footer, the key that signs (DKIM), and a mail server of its own if it has one.

export const SMTP_SECURITIES = ['tls', 'starttls', 'none'] as const
export type SmtpSecurity = (typeof SMTP_SECURITIES)[number]

export interface SmtpServer {
  host: string
  port: number
  /** `tls` from the first byte, `starttls` demanded, or `none`: plain unless the server offers TLS. */
  security: SmtpSecurity
  username: string | null
}

export interface SenderDefinition {
  name: string
  email: string
  reply_to: string | null
  postal_address: string
  /** Domain that bounces come back to; null sends them to the address itself. */
  bounce_domain: string | null
  /** With the text of the DNS record, once there is a key. */
  dkim: { domain: string; selector: string; dns_record: string | null } | null
  /** Null uses the mail server of the installation. */
  smtp: SmtpServer | null
  is_default: boolean
}

/** Names the tenant and the field that a sealed secret belongs to. */
export const senderSecretPlace = (
  workspaceId: string,
  senderKey: string,
  field: 'smtp_password' | 'dkim_private_key',
) => `mail_senders/${workspaceId}/${senderKey}/${field}`
