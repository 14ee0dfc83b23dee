/** What goes to a render worker and what comes back. */
import type { TemplateLayout } from '../../domain/mail/template.ts'

/** First word of a thread that can take jobs. */
export const READY = 'ready'

export interface RenderSources {
  subject: string
  preheader: string
  html: string | null
  text: string | null
}

/** Everything of a mail that is not its words. */
export interface MailFrame {
  workspace_id: string
  message_id: string
  /** What providers hand back with their callbacks. */
  tag: string
  /** `<…@domain>`. */
  rfc_message_id: string
  date: string
  from: { name: string; address: string }
  reply_to: string | null
  to: { name: string; address: string }
  /** Where one click leaves, and mail clients show a button; null for transactional mail. */
  leave_url: string | null
  /** Base of counted addresses; null counts nothing. */
  click_base: string | null
  pixel_url: string | null
  dkim: { domain: string; selector: string; private_key: string } | null
}

/** The words of a mail. */
export interface RenderJob {
  sources: RenderSources
  layout: TemplateLayout
  locale: string
  scope: Record<string, unknown>
  sender: { name: string; postal_address: string }
  leave_url: string | null
}

/** A mail as it leaves. */
export interface MailJob extends RenderJob {
  frame: MailFrame
}

export interface InspectJob {
  inspect: RenderSources[]
}

export type Job = RenderJob | MailJob | InspectJob

/** A fault of one part of a template. */
export interface PartFault {
  index: number
  part: keyof RenderSources
  detail: string
}

export interface RenderedWords {
  subject: string
  html: string | null
  text: string
  /** Variables that the sources read and the scope does not have, or has empty. */
  missing: string[]
}

export interface ComposedMail {
  subject: string
  bytes: Uint8Array
  /** The bytes as they are stored. */
  deflated: Uint8Array
  /** SHA-256 of the bytes. */
  hash: string
  /** Addresses of counted links. */
  links: string[]
}

export type RenderFault = { code: 'template_error' | 'template_timeout'; detail: string }

/** What a job came to, or the fault of its author. */
export type Outcome<Result> = { ok: true; result: Result } | ({ ok: false } & RenderFault)
