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

export interface RenderJob {
  sources: RenderSources
  layout: TemplateLayout
  locale: string
  scope: Record<string, unknown>
  sender: { name: string; postal_address: string }
  leave_url: string | null
  /** Null makes a preview: words only, no bytes. */
  frame: MailFrame | null
}

export interface InspectJob {
  inspect: RenderSources[]
}

/** A fault of one part of a template. */
export interface PartFault {
  index: number
  part: keyof RenderSources
  detail: string
}

export interface Rendered {
  subject: string
  html: string | null
  text: string
  /** Variables that the sources read and the scope does not have, or has empty; only in previews. */
  missing: string[]
  /** Of a mail: deflated bytes, their SHA-256 before, addresses of counted links. */
  mail: { mime: Uint8Array; hash: string; size: number; links: string[] } | null
}

export type RenderFault = { code: 'template_error' | 'template_timeout'; detail: string }

export type RenderOutcome = { ok: true; rendered: Rendered } | ({ ok: false } & RenderFault)
export type InspectOutcome = { ok: true; faults: PartFault[] } | ({ ok: false } & RenderFault)
