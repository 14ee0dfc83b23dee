/** Double opt-in: a mail asks, a button on a page answers; following the link alone confirms nothing. */
import type { Caller, Ctx } from '../../ctx.ts'
import { EVERY_PURPOSE } from '../../domain/consent.ts'
import { mailTexts } from '../../domain/mail/mail-texts.ts'
import { newId } from '../../domain/new-id.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { ApiError, notFound, validationFailed } from '../../errors.ts'
import { joinMail, lockLead } from '../../pipeline/mail/choose-mail.ts'
import { linkOf } from '../../pipeline/mail/mail-links.ts'
import { planMessage } from '../../pipeline/mail/plan-message.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import { type ConfirmationRow, findConfirmation, insertConfirmation, markConfirmed } from './confirmation-queries.ts'

export interface ConfirmationWish {
  purpose: string
  wording: string
  locale: string | null
  sender_key: string | null
  valid_days: number
}

const DAY_MS = 86_400_000

/** Asks a lead by mail to confirm a consent. */
export async function requestConfirmation(
  ctx: Ctx,
  caller: Caller,
  leadId: string,
  wish: ConfirmationWish,
): Promise<ConfirmationRow> {
  if (wish.purpose === EVERY_PURPOSE) {
    const detail = 'Consent is given for one purpose at a time.'
    throw validationFailed([{ code: 'invalid_value', detail, pointer: '/purpose', parameter: null }])
  }
  return await withJourney(ctx.db, caller.workspaceId, async (tx) => {
    const lead = await lockLead(tx, { lead_id: leadId })
    if (lead === undefined) throw notFound('lead')
    if (lead.email === null) throw new ApiError('unprocessable', 'The lead has no e-mail address.')
    const now = ctx.now()
    const id = newId()
    const locale = wish.locale ?? lead.language ?? 'en'
    const planned = await planMessage(
      tx,
      {
        key: `confirmation:${id}`,
        kind: 'transactional',
        purpose: wish.purpose,
        lead_id: leadId,
        content: confirmationMail(locale),
        sender_key: wish.sender_key,
        locale,
        data: { wording: wish.wording, url: linkOf(ctx, 'confirm', caller.workspaceId, id) },
        actor: caller.actor,
        origin: caller.origin,
      },
      now,
    )
    const row: ConfirmationRow = {
      id,
      lead_id: leadId,
      email: lead.email,
      purpose: wish.purpose,
      wording: wish.wording,
      locale,
      message_id: planned.id,
      actor: caller.actor,
      requested_at: now.toISOString(),
      expires_at: new Date(now.getTime() + wish.valid_days * DAY_MS).toISOString(),
      confirmed_at: null,
    }
    await insertConfirmation(tx, row)
    return row
  })
}

/** The mail that asks; wording and link come as data, so that they are escaped like any. */
function confirmationMail(locale: string) {
  const texts = mailTexts(locale)
  const button =
    'display:inline-block;padding:12px 24px;border-radius:6px;background:#1a56db;color:#ffffff;text-decoration:none;font-weight:600'
  return {
    subject: texts.confirm_subject,
    html: `<p>${texts.confirm_intro}</p><p><em>{{ data.wording }}</em></p><p><a href="{{ data.url }}" style="${button}">${texts.confirm_button}</a></p><p>${texts.confirm_ignore}</p>`,
    text: `${texts.confirm_intro}\n\n{{ data.wording }}\n\n${texts.confirm_button}: {{ data.url }}\n\n${texts.confirm_ignore}`,
  }
}

/** Confirms; the same again changes nothing. 422 when it has expired, or the address is no longer that of the lead. */
export async function confirm(
  ctx: Ctx,
  workspaceId: string,
  id: string,
  network: string | null,
): Promise<ConfirmationRow> {
  const known = await findConfirmation(ctx.db, workspaceId, id)
  if (known === undefined) throw notFound('link')
  if (known.confirmed_at !== null) return known
  const now = ctx.now()
  const at = now.toISOString()
  if (known.expires_at <= at) throw new ApiError('unprocessable', 'This link has expired; please ask for a new one.')
  return await withJourney(ctx.db, workspaceId, async (tx) => {
    const lead = await lockLead(tx, { lead_id: known.lead_id })
    const email = normalizeEmail(known.email)
    if (lead === undefined || !email.ok || lead.email !== known.email) {
      throw new ApiError('unprocessable', 'This link belongs to an address that is no longer in use.')
    }
    if (!(await markConfirmed(tx, id, at))) return { ...known, confirmed_at: at }
    const { purpose, wording, locale } = known
    const telling = { method: 'double_opt_in' as const, network, evidence: { email: known.email } }
    await joinMail(
      tx,
      { lead, address_key: email.match_key, message: null },
      [{ purpose, wording, locale }],
      telling,
      now,
    )
    return { ...known, confirmed_at: at }
  })
}
