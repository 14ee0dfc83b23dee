/** Who mail comes from: the senders of a workspace with their secrets opened, and the one of the installation. */
import type { OwnServer } from '../../connectors/mail/couriers.ts'
import type { Ctx } from '../../ctx.ts'
import type { Statement, Tx } from '../../db/client.ts'
import { type SenderDefinition, senderSecretPlace } from '../../domain/mail/sender.ts'
import { openSecret } from '../../domain/sealed-secret.ts'

export interface MailSender {
  key: string | null
  name: string
  email: string
  reply_to: string | null
  postal_address: string
  bounce_domain: string | null
  dkim: { domain: string; selector: string; private_key: string } | null
  own: OwnServer | null
}

interface SenderRow {
  sender_key: string
  definition: SenderDefinition
  smtp_password: Buffer | null
  dkim_private_key: Buffer | null
}

const listStatement: Statement = {
  name: 'list_senders_for_mail',
  text: `SELECT sender_key, definition, smtp_password, dkim_private_key FROM mail_senders WHERE workspace_id = $1 ORDER BY sender_key`,
}

export interface SenderBook {
  /** The sender of a key, the default one for null; undefined when there is none. */
  find(key: string | null): MailSender | undefined
}

/** The senders as they are committed now. */
export async function loadSenders(ctx: Ctx, tx: Tx, workspaceName: string): Promise<SenderBook> {
  const rows = await tx.query<SenderRow>(listStatement, [tx.workspaceId])
  const senders = rows.map((row) => openSender(ctx, tx.workspaceId, row))
  const byDefault = rows.findIndex(({ definition }) => definition.is_default)
  const first = senders[Math.max(0, byDefault)] ?? ownSender(ctx, workspaceName)
  return { find: (key) => (key === null ? first : senders.find((sender) => sender.key === key)) }
}

function openSender(ctx: Ctx, workspaceId: string, row: SenderRow): MailSender {
  const { sender_key: key, definition, smtp_password, dkim_private_key } = row
  const open = (field: 'smtp_password' | 'dkim_private_key', sealed: Buffer | null) =>
    sealed === null ? null : openSecret(ctx.secret, senderSecretPlace(workspaceId, key, field), sealed)
  const privateKey = open('dkim_private_key', dkim_private_key)
  const { smtp, dkim, name, email, reply_to, postal_address, bounce_domain } = definition
  return {
    ...{ key, name, email, reply_to, postal_address, bounce_domain },
    dkim:
      dkim === null || privateKey === null
        ? null
        : { domain: dkim.domain, selector: dkim.selector, private_key: privateKey },
    own: smtp === null ? null : { server: smtp, password: open('smtp_password', smtp_password) },
  }
}

/** Before anybody sets up a sender: the address of the installation; without a mail server any will do. */
function ownSender(ctx: Ctx, name: string): MailSender | undefined {
  const { MAIL_FROM, SMTP_URL } = ctx.config
  const email = MAIL_FROM ?? (SMTP_URL === undefined ? 'no-reply@leadwell.localhost' : undefined)
  if (email === undefined) return undefined
  return { key: null, name, email, reply_to: null, postal_address: '', bounce_domain: null, dkim: null, own: null }
}
