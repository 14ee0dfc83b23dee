/** What the holder of a link in a mail may do: see where they stand, leave, choose. */
import type { Ctx } from '../../ctx.ts'
import { withWorkspace } from '../../db/client.ts'
import { normalizeEmail } from '../../domain/normalize/email.ts'
import { validationFailed } from '../../errors.ts'
import {
  type Choice,
  joinMail,
  leaveMail,
  lockLead,
  readChoices,
  type Telling,
} from '../../pipeline/mail/choose-mail.ts'
import { readMailGate } from '../../pipeline/mail/mail-gate.ts'
import { withJourney } from '../../pipeline/with-journey.ts'
import type { ReferredMessage } from './by-reference.ts'

export interface Preferences {
  /** Shortened: whoever holds a link learns nothing new from it. */
  address: string
  choices: Choice[]
}

/** Where a person stands. Reads only: scanners follow links. */
export async function readPreferences(ctx: Ctx, { ref, message }: ReferredMessage): Promise<Preferences> {
  const choices = await withWorkspace(ctx.db, ref.workspace_id, async (tx) => {
    const { settings } = await readMailGate(tx, ref.workspace_id)
    return await readChoices(tx, message, settings, ctx.now())
  })
  return { address: shorten(message.to_email ?? ''), choices }
}

/** `a•••@example.org` */
function shorten(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 1 ? '' : `${address.slice(0, 1)}•••${address.slice(at)}`
}

/** Leaves the purpose of the mail, or all of them. */
export async function leave(
  ctx: Ctx,
  referred: ReferredMessage,
  what: 'purpose' | 'all',
  network: string | null,
): Promise<void> {
  const { ref, message } = referred
  const telling: Telling = { method: 'unsubscribe_link', network, evidence: {} }
  const purposes = what === 'all' ? 'all' : [message.purpose]
  await withJourney(ctx.db, ref.workspace_id, (tx) => leaveMail(tx, message, purposes, telling, ctx.now()))
}

/** Sets some purposes; those that are not named stay. 400 for one that is not offered. */
export async function choose(
  ctx: Ctx,
  referred: ReferredMessage,
  wanted: readonly { key: string; subscribed: boolean }[],
  network: string | null,
): Promise<Preferences> {
  const { ref, message } = referred
  const telling: Telling = { method: 'preference_page', network, evidence: {} }
  await withJourney(ctx.db, ref.workspace_id, async (tx) => {
    const now = ctx.now()
    const lead = await lockLead(tx, message)
    const { settings } = await readMailGate(tx, ref.workspace_id)
    const known = new Map((await readChoices(tx, message, settings, now)).map((choice) => [choice.key, choice]))
    const unknown = wanted.findIndex(({ key }) => !known.has(key))
    if (unknown >= 0) {
      const detail = 'This purpose is not offered.'
      throw validationFailed([{ code: 'invalid_value', detail, pointer: `/purposes/${unknown}/key`, parameter: null }])
    }
    const changed = wanted.filter(({ key, subscribed }) => known.get(key)?.subscribed !== subscribed)
    const left = changed.filter(({ subscribed }) => !subscribed).map(({ key }) => key)
    if (left.length > 0) await leaveMail(tx, message, left, telling, now)
    const joined = changed.filter(({ key, subscribed }) => subscribed && known.get(key)?.blocked === false)
    // Whoever holds a mail to a former address may leave, but not agree to mail to the new one.
    const address = normalizeEmail(lead?.email ?? '')
    const isTheirs = address.ok && address.match_key === message.address_key
    if (joined.length === 0 || lead === undefined || message.address_key === null || !isTheirs) return
    const granted = joined.map(({ key }) => ({
      purpose: key,
      wording: wordingOf(known.get(key)),
      locale: message.locale,
    }))
    await joinMail(tx, { lead, address_key: message.address_key, message }, granted, telling, now)
  })
  return await readPreferences(ctx, referred)
}

const wordingOf = (choice: Choice | undefined) => [choice?.label, choice?.description].filter(Boolean).join('. ')
