/** A service with a real mail server, leads with consent, and mails to them. */
import type { Test } from 'tap'
import { readInWorkspace, withWorkspace } from '../../src/db/client.ts'
import type { MessageFacts } from '../../src/domain/mail/message-row.ts'
import { planMessages } from '../../src/pipeline/mail/plan-message.ts'
import { sendMessages } from '../../src/pipeline/mail/send-messages.ts'
import { type MailServer, type Misbehaviour, mailServer } from './mail-server.ts'
import { type TestService, testService } from './service.ts'

export interface Mailing {
  service: TestService
  server: MailServer
  /** Leads with consent, and a planned marketing (or transactional) mail to each. */
  plan(addresses: string[], kind?: 'marketing' | 'transactional'): Promise<void>
  send(): Promise<void>
  rows(): Promise<MessageFacts[]>
  /** Makes what waits for a later try due now. */
  hasten(): Promise<void>
}

const all = {
  name: 'test_all_messages',
  text: 'SELECT * FROM messages WHERE workspace_id = $1 ORDER BY created_at, id',
}

/** Nothing is sent before `send` is called. */
export async function mailing(t: Test, misbehaviour?: Misbehaviour, settings: object = {}): Promise<Mailing> {
  const server = await mailServer(t, misbehaviour)
  const service = await testService(t, {
    SMTP_URL: server.url,
    MAIL_FROM: 'news@engines.test',
    SMTP_COMMAND_SECONDS: 20,
    SMTP_REPLY_SECONDS: 20,
    ...settings,
  })
  const { ctx, workspaceId, call } = service
  await call('PUT', '/v1/templates/hello', {
    texts: [
      {
        locale: 'en',
        subject: 'Hello {{ lead.first_name }}',
        html: '<p>Hi {{ lead.first_name }}, <a href="https://shop.test/?a=1">look</a></p>',
      },
    ],
  })
  let planned = 0
  return {
    service,
    server,
    plan: async (addresses, kind = 'marketing') => {
      const ids = new Map<string, string>()
      for (const email of addresses) {
        const lead = (await call('POST', '/v1/leads', { email, first_name: 'Ada' })).json()
        await call('POST', `/v1/leads/${lead.id}/consents`, {
          purpose: 'marketing',
          channel: 'email',
          action: 'granted',
        })
      }
      for (const row of await readInWorkspace<{ id: string; email: string }>(
        ctx.db,
        workspaceId,
        { name: 'test_leads', text: 'SELECT id, email FROM leads WHERE workspace_id = $1' },
        [workspaceId],
      ))
        ids.set(row.email, row.id)
      const plans = addresses.map((email) => ({
        key: `enrollment:${email}:${planned++}`,
        kind,
        purpose: 'marketing',
        lead_id: ids.get(email) ?? null,
        template_key: 'hello',
        actor: 'system',
      }))
      await withWorkspace(ctx.db, workspaceId, (tx) => planMessages(tx, plans, ctx.now()))
    },
    send: async () => void (await sendMessages(ctx, workspaceId)),
    rows: () => readInWorkspace<MessageFacts>(ctx.db, workspaceId, all, [workspaceId]),
    hasten: () =>
      withWorkspace(ctx.db, workspaceId, async (tx) => {
        await tx.query(
          `UPDATE messages SET due_at = now() - interval '1 second' WHERE workspace_id = $1 AND state = 'planned'`,
          [workspaceId],
        )
      }),
  }
}
