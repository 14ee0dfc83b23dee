/** Trying a template: on the screen with a real lead, or in the mailbox of a colleague. */
import { publicBase } from '../../config.ts'
import { renderPool } from '../../connectors/mail/render-pool.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { toLead } from '../../domain/lead-wire.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { chooseTexts } from '../../domain/mail/template.ts'
import { newId } from '../../domain/new-id.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { findWritePolicy } from '../../pipeline/custom-fields.ts'
import { loadScopeFacts, mailScope, PREVIEW_LEAD } from '../../pipeline/mail/mail-scope.ts'
import { planMessage } from '../../pipeline/mail/plan-message.ts'
import { loadSenders } from '../../pipeline/mail/sender-book.ts'
import { listTemplatesOf } from '../../pipeline/mail/template-source.ts'

export interface PreviewWish {
  lead_id: string | null
  locale: string | null
  sender_key: string | null
  data: Record<string, unknown>
}

/** The mail as it would go; 422 with the author's fault when it fails. */
export async function previewTemplate(ctx: Ctx, workspaceId: string, key: string, wish: PreviewWish) {
  const { template, facts, sender, isKnownSender, settings } = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const policy = await findWritePolicy(tx, workspaceId)
    const templates = await listTemplatesOf(tx, [key])
    const scopes = await loadScopeFacts(tx, wish.lead_id === null ? [] : [wish.lead_id])
    const known = (await loadSenders(ctx, tx, policy.settings.name)).find(wish.sender_key)
    return {
      settings: policy.settings,
      template: templates.get(key),
      facts: scopes.get(wish.lead_id ?? ''),
      isKnownSender: known !== undefined,
      sender: known ?? { name: policy.settings.name, email: '', postal_address: '' },
    }
  })
  if (template === undefined) throw notFound('template')
  if (wish.lead_id !== null && facts === undefined) throw notFound('lead')
  if (wish.sender_key !== null && !isKnownSender) throw notFound('sender')
  const locales = [wish.locale, facts?.lead?.language, settings.locale].filter((tag) => typeof tag === 'string')
  const texts = chooseTexts(template.definition, locales)
  const leaveUrl = `${publicBase(ctx.config)}/u/preview`
  const outcome = await renderPool(ctx).preview({
    sources: texts,
    layout: template.definition.layout,
    locale: texts.locale,
    scope: mailScope({ facts, data: wish.data, sender, workspaceName: settings.name, leaveUrl }),
    sender: { name: sender.name, postal_address: sender.postal_address },
    leave_url: leaveUrl,
  })
  if (!outcome.ok) {
    const items = [{ code: outcome.code, detail: outcome.detail, pointer: null, parameter: 'template_key' }]
    throw new ApiError('unprocessable', outcome.detail, { items })
  }
  const { subject, html, text, missing } = outcome.result
  return { locale: texts.locale, subject, html, text, missing }
}

/** Sends the mail to a colleague, filled with a lead that gets nothing. */
export async function testSend(
  ctx: Ctx,
  caller: Caller,
  key: string,
  wish: PreviewWish & { to_email: string },
): Promise<MessageFacts> {
  const email = normalizeEmail(wish.to_email)
  if (!email.ok) {
    throw validationFailed([{ code: 'invalid_format', detail: email.detail, pointer: '/to_email', parameter: null }])
  }
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    if (!(await listTemplatesOf(tx, [key])).has(key)) throw notFound('template')
    const facts = (await loadScopeFacts(tx, wish.lead_id === null ? [] : [wish.lead_id])).get(wish.lead_id ?? '')
    if (wish.lead_id !== null && facts?.lead === undefined) throw notFound('lead')
    const planned = await planMessage(
      tx,
      {
        key: `test:${newId()}`,
        kind: 'transactional',
        purpose: 'test',
        lead_id: null,
        to: { email: email.value, name: null },
        template_key: key,
        sender_key: wish.sender_key,
        locale: wish.locale ?? facts?.lead?.language ?? null,
        data: { ...wish.data, ...(facts?.lead !== undefined && { [PREVIEW_LEAD]: toLead(facts.lead) }) },
        actor: caller.actor,
        origin: caller.origin,
      },
      ctx.now(),
    )
    return planned.message
  })
}
