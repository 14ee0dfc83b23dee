/** One-off mails, and what people decide about doubtful ones. */
import { recordAudit } from '../../changes/record-audit.ts'
import { recordChange } from '../../changes/record-change.ts'
import type { Caller, Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { MESSAGE_KINDS, type MessageContent, type MessageKind } from '../../domain/mail/message.ts'
import { type MessageFacts, toMessage } from '../../domain/mail/message-row.ts'
import { newId } from '../../domain/new-id.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { encodeTypeId } from '../../domain/type-id.ts'
import { ApiError, notFound, type ProblemItem, validationFailed } from '../../errors.ts'
import { planMessage } from '../../pipeline/mail/plan-message.ts'
import { findSources, lockMessage, resolveMessageRow } from './message-queries.ts'

/** A mail as an API user asks for it. */
export interface NewMessage {
  lead_id: string | null
  to: { email: string; name: string | null } | null
  kind: MessageKind
  purpose: string
  template_key: string | null
  content: MessageContent | null
  sender_key: string | null
  locale: string | null
  data: Record<string, unknown>
  due_at: string | null
}

/** Plans a one-off mail. */
export async function createMessage(ctx: Ctx, caller: Caller, wanted: NewMessage): Promise<MessageFacts> {
  const faults = faultsOf(wanted)
  if (faults.length > 0) throw validationFailed(faults)
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const known = await findSources(tx, wanted.template_key, wanted.sender_key, wanted.lead_id)
    const missing: ProblemItem[] = []
    const need = (name: 'template_key' | 'sender_key' | 'lead_id', isThere: boolean) => {
      if (wanted[name] === null || isThere) return
      missing.push({
        code: 'not_found',
        detail: `There is no such ${name.split('_')[0]}.`,
        pointer: `/${name}`,
        parameter: null,
      })
    }
    need('template_key', known.template)
    need('sender_key', known.sender)
    need('lead_id', known.lead)
    if (missing.length > 0) throw new ApiError('unprocessable', missing[0]?.detail ?? '', { items: missing })
    const { to, template_key, content, due_at, ...rest } = wanted
    const plan = {
      ...rest,
      key: `once:${newId()}`,
      ...(to !== null && { to }),
      ...(template_key !== null && { template_key }),
      ...(content !== null && { content }),
      ...(due_at !== null && { due_at }),
      actor: caller.actor,
      origin: caller.origin,
    }
    return (await planMessage(tx, plan, ctx.now())).message
  })
}

function faultsOf({ lead_id, to, kind, purpose, template_key, content }: NewMessage): ProblemItem[] {
  const faults: ProblemItem[] = []
  const add = (code: string, detail: string, pointer: string) => faults.push({ code, detail, pointer, parameter: null })
  if (lead_id === null && to === null) add('required', 'Say to whom: lead_id or to.', '/lead_id')
  if ((template_key === null) === (content === null))
    add('required', 'One of template_key and content is needed.', '/template_key')
  if (content !== null && content.html === null && content.text === null)
    add('required', 'A mail needs html or text.', '/content/html')
  if (to !== null && !normalizeEmail(to.email).ok) add('invalid_format', 'Not one e-mail address.', '/to/email')
  if (kind === 'marketing' && (to !== null || lead_id === null)) {
    add('not_allowed', 'Marketing goes to the address of a lead, whose consent is known.', '/to')
  }
  if (!MESSAGE_KINDS.includes(kind)) add('invalid_value', `Must be one of: ${MESSAGE_KINDS.join(', ')}.`, '/kind')
  if (purpose === 'all') add('invalid_value', 'A mail has one purpose.', '/purpose')
  return faults
}

/** What somebody says about a doubtful mail. */
export type Resolution = 'sent' | 'failed' | 'send_again'

/** Ends the doubt about a mail; 409 when there is none. */
export async function resolveMessage(ctx: Ctx, caller: Caller, id: string, outcome: Resolution): Promise<MessageFacts> {
  return await withWorkspace(ctx.db, caller.workspaceId, async (tx) => {
    const before = await lockMessage(tx, id)
    if (before === undefined) throw notFound('message')
    if (before.state !== 'in_doubt')
      throw new ApiError('conflict', `The message is ${before.state}; there is no doubt about it.`)
    const at = ctx.now().toISOString()
    const state = outcome === 'send_again' ? 'planned' : outcome
    const after: MessageFacts = {
      ...before,
      state,
      reason: outcome === 'send_again' ? 'send_again' : 'resolved',
      sent_at: outcome === 'sent' ? (before.handed_at ?? at) : null,
      due_at: at,
      resolved_by: caller.actor,
      updated_at: at,
    }
    await resolveMessageRow(tx, after, at)
    if (state === 'planned') tx.announce('messages')
    else {
      recordChange(tx, {
        type: state === 'sent' ? 'message.sent' : 'message.failed',
        object_id: id,
        actor: caller.actor,
        origin: caller.origin,
        occurred_at: at,
        object: toMessage(after),
        changed_fields: ['state', 'reason'],
        previous: { state: before.state, reason: before.reason },
      })
    }
    recordAudit(tx, caller, {
      action: 'message.resolved',
      object_id: encodeTypeId('message', id),
      before: { state: before.state, reason: before.reason },
      after: { state: after.state, reason: after.reason },
      occurred_at: at,
    })
    return after
  })
}
