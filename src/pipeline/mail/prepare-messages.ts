/**
 * Claimed messages become parcels: those that may not go now are ended with their reason, the others are rendered once
 * and frozen (reliability.md 1.1, steps 1 and 2). A message that was rendered before keeps its bytes.
 */

import { inflateRawSync } from 'node:zlib'
import { publicBase } from '../../config.ts'
import type { MailJob } from '../../connectors/mail/render-job.ts'
import { renderPool } from '../../connectors/mail/render-pool.ts'
import type { Ctx } from '../../ctx.ts'
import { type Tx, withWorkspace } from '../../db/client.ts'
import { decideSend, SEND_POLICY } from '../../domain/mail/decide-send.ts'
import { writeBounceAddress, writeMessageId } from '../../domain/mail/link-ref.ts'
import type { MailSettings } from '../../domain/mail/mail-settings.ts'
import { retryDelaySeconds, type WithholdReason } from '../../domain/mail/message.ts'
import type { MessageFacts } from '../../domain/mail/message-row.ts'
import { chooseTexts } from '../../domain/mail/template.ts'
import type { WorkspaceSettings } from '../../domain/workspace-settings.ts'
import { endOf } from './hand-over.ts'
import { readMailGate } from './mail-gate.ts'
import { linkOf, refKeys } from './mail-links.ts'
import { loadScopeFacts, mailScope, type ScopeFacts } from './mail-scope.ts'
import { loadFacts } from './send-facts.ts'
import { endMessages, type FrozenMessage, freezeMessages, listBodies, type MessageEnd } from './send-queries.ts'
import { loadSenders, type MailSender, type SenderBook } from './sender-book.ts'
import { tellEnds } from './tell-message.ts'
import { listTemplatesOf, type TemplateSource } from './template-source.ts'

/** A mail that is ready to go. */
export interface ReadyMail {
  message: MessageFacts
  sender: MailSender
  from: string
  bytes: Buffer
}

interface Materials {
  settings: MailSettings
  senders: SenderBook
  templates: Map<string, TemplateSource>
  scopes: Map<string, ScopeFacts>
  bodies: Map<string, { mime: Buffer; links: string[] }>
}

/** What became of one claimed message. */
type Prepared = { ready: ReadyMail; frozen: FrozenMessage | null } | { before: MessageFacts; end: MessageEnd }

/** How often a template that is too slow is tried: the machine may have been busy. */
const SLOW_TRIES = 5

/** Prepares claimed messages; returns those that can be sent. */
export async function prepareMessages(
  ctx: Ctx,
  workspaceId: string,
  workspace: WorkspaceSettings,
  claimed: MessageFacts[],
): Promise<ReadyMail[]> {
  const now = ctx.now()
  const { materials, judged } = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const loaded = await loadMaterials(ctx, tx, workspace, claimed)
    const facts = await loadFacts(tx, claimed, loaded.settings, workspace.time_zone, now)
    return {
      materials: loaded,
      judged: claimed.map((message) => ({ message, verdict: decideSend(facts.of(message), now) })),
    }
  })
  const prepared = await Promise.all(
    judged.map(async ({ message, verdict }): Promise<Prepared> => {
      if (verdict.outcome !== 'send') return { before: message, end: endOf(message, verdict, now) }
      return await makeReady(ctx, workspaceId, workspace, materials, message, now)
    }),
  )
  return await store(ctx, workspaceId, prepared, now)
}

async function loadMaterials(
  ctx: Ctx,
  tx: Tx,
  workspace: WorkspaceSettings,
  claimed: MessageFacts[],
): Promise<Materials> {
  const fresh = claimed.filter(({ content_hash }) => content_hash === null)
  const frozen = claimed.filter(({ content_hash }) => content_hash !== null)
  const [gate, senders, templates, scopes, bodies] = await Promise.all([
    readMailGate(tx, tx.workspaceId),
    loadSenders(ctx, tx, workspace.name),
    listTemplatesOf(
      tx,
      fresh.flatMap(({ template_key }) => template_key ?? []),
    ),
    loadScopeFacts(
      tx,
      fresh.flatMap(({ lead_id }) => lead_id ?? []),
    ),
    listBodies(
      tx,
      frozen.map(({ id }) => id),
    ),
  ])
  return { settings: gate.settings, senders, templates, scopes, bodies }
}

async function makeReady(
  ctx: Ctx,
  workspaceId: string,
  workspace: WorkspaceSettings,
  materials: Materials,
  message: MessageFacts,
  now: Date,
): Promise<Prepared> {
  const sender = materials.senders.find(message.sender_key)
  if (sender === undefined) return withheld(message, 'sender_missing', 'No sender is set up.', now)
  const known = materials.bodies.get(message.id)
  if (known !== undefined) {
    return { ready: readyOf(ctx, workspaceId, message, sender, inflateRawSync(known.mime)), frozen: null }
  }
  const source = sourceOf(materials, workspace, message)
  if (source === undefined) return withheld(message, 'template_missing', 'There is no such template.', now)
  const job = jobOf(ctx, workspaceId, workspace, materials, { message, sender, source, now })
  const outcome = await renderPool(ctx).compose(job)
  if (!outcome.ok) return faulty(message, outcome, now)
  const { subject, bytes, deflated, hash, links } = outcome.result
  const frozen: FrozenMessage = {
    id: message.id,
    attempt: message.attempt,
    subject,
    rfc_message_id: job.frame.rfc_message_id,
    content_hash: hash,
    template_version: source.version,
    sender_key: sender.key,
    locale: source.texts.locale,
    mime: deflated,
    links,
  }
  const { mime: _, links: __, ...head } = frozen
  return { ready: readyOf(ctx, workspaceId, { ...message, ...head }, sender, bytes), frozen }
}

function sourceOf({ templates, scopes }: Materials, workspace: WorkspaceSettings, message: MessageFacts) {
  const wanted = [message.locale, scopes.get(message.lead_id ?? '')?.lead?.language, workspace.locale]
  const locales = wanted.filter((tag) => typeof tag === 'string')
  if (message.content !== null) {
    const texts = { ...message.content, locale: locales[0] ?? 'en', preheader: '' }
    return { texts, layout: 'default' as const, version: null }
  }
  const template = templates.get(message.template_key ?? '')
  if (template === undefined) return undefined
  const { definition, version } = template
  return { texts: chooseTexts(definition, locales), layout: definition.layout, version }
}

function jobOf(
  ctx: Ctx,
  workspaceId: string,
  workspace: WorkspaceSettings,
  { settings, scopes }: Materials,
  parts: { message: MessageFacts; sender: MailSender; source: NonNullable<ReturnType<typeof sourceOf>>; now: Date },
): MailJob {
  const { message, sender, source, now } = parts
  const { id, to_email, to_name, data } = message
  const isMarketing = message.kind === 'marketing'
  const leaveUrl = isMarketing ? linkOf(ctx, 'leave', workspaceId, id) : null
  const domain = sender.email.slice(sender.email.lastIndexOf('@') + 1)
  const facts = scopes.get(message.lead_id ?? '')
  return {
    sources: source.texts,
    layout: source.layout,
    locale: source.texts.locale,
    scope: mailScope({ facts, data, sender, workspaceName: workspace.name, leaveUrl }),
    sender: { name: sender.name, postal_address: sender.postal_address },
    leave_url: leaveUrl,
    frame: {
      workspace_id: workspaceId,
      message_id: id,
      tag: writeBounceAddress(refKeys(ctx), workspaceId, id),
      rfc_message_id: writeMessageId(refKeys(ctx), workspaceId, id, domain),
      date: now.toISOString(),
      from: { name: sender.name, address: sender.email },
      reply_to: sender.reply_to,
      to: { name: to_name ?? '', address: to_email ?? '' },
      leave_url: leaveUrl,
      click_base: isMarketing && settings.track_clicks ? publicBase(ctx.config) : null,
      pixel_url: isMarketing && settings.track_opens ? linkOf(ctx, 'open', workspaceId, id) : null,
      dkim: sender.dkim,
    },
  }
}

function readyOf(
  ctx: Ctx,
  workspaceId: string,
  message: MessageFacts,
  sender: MailSender,
  bytes: Uint8Array,
): ReadyMail {
  const { bounce_domain: domain, email } = sender
  const from = domain === null ? email : `${writeBounceAddress(refKeys(ctx), workspaceId, message.id)}@${domain}`
  return { message, sender, from, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

function withheld(message: MessageFacts, reason: WithholdReason, detail: string, now: Date): Prepared {
  const nothing = { consent_id: null, suppression_id: null, recent: 0 }
  const decision = { policy: SEND_POLICY, at: now.toISOString(), allowed: false, reason: detail, ...nothing }
  return { before: message, end: { ...message, state: 'withheld', reason, decision } }
}

function faulty(
  message: MessageFacts,
  fault: { code: 'template_error' | 'template_timeout'; detail: string },
  now: Date,
): Prepared {
  const failures = message.failures + 1
  if (fault.code === 'template_error' || failures >= SLOW_TRIES) return withheld(message, fault.code, fault.detail, now)
  const due_at = new Date(now.getTime() + retryDelaySeconds(failures) * 1000).toISOString()
  return { before: message, end: { ...message, state: 'planned', reason: fault.code, due_at, failures } }
}

/** Stores renderings and ends in one transaction; what was taken from us meanwhile is left out. */
async function store(ctx: Ctx, workspaceId: string, prepared: Prepared[], now: Date): Promise<ReadyMail[]> {
  const ended = prepared.flatMap((one) =>
    'end' in one ? [{ before: one.before, after: { ...one.before, ...one.end } }] : [],
  )
  const ready = prepared.flatMap((one) => ('ready' in one ? [one] : []))
  const frozen = ready.flatMap((one) => one.frozen ?? [])
  if (ended.length === 0 && frozen.length === 0) return ready.map((one) => one.ready)
  const ours = await withWorkspace(ctx.db, workspaceId, async (tx) => {
    const kept = await freezeMessages(tx, frozen, now)
    const written = await endMessages(
      tx,
      ended.map(({ after }) => after),
      now,
    )
    await tellEnds(
      tx,
      ended.filter(({ before }) => written.has(before.id)),
      now,
    )
    return kept
  })
  return ready
    .filter(({ frozen: own, ready: mail }) => own === null || ours.has(mail.message.id))
    .map((one) => one.ready)
}
