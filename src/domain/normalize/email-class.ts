// What an address says about its owner: a throw-away mailbox is a spam signal, a free-mail address names no
// company, a role mailbox is shared by several people, everything else is somebody at a company.
import { disposableEmailBlocklistSet } from 'disposable-email-domains-js'
import { withoutTag } from './email.ts'
import { FREE_MAIL_DOMAINS } from './free-mail-domains.ts'
import { ROLE_MAILBOXES } from './role-mailboxes.ts'
import { foldForMatch } from './text.ts'

export type EmailClass = 'disposable' | 'free' | 'role' | 'corporate'

// About 8,900 domains. Taken once: the package's own check builds a new set on every call.
const DISPOSABLE_DOMAINS: ReadonlySet<string> = disposableEmailBlocklistSet()

/**
 * Classifies a normalized address. The first that applies wins: disposable, free, role, corporate. A role
 * mailbox at a free-mail provider is `free`, so that its domain is never taken for a company.
 */
export function classifyEmail(domain: string, local: string): EmailClass {
  if (isDisposableDomain(domain)) return 'disposable'
  if (FREE_MAIL_DOMAINS.has(domain)) return 'free'
  return isRoleMailbox(local) ? 'role' : 'corporate'
}

/** Tells whether several people read this mailbox (`info@`, `vertrieb@`, `customer-service@`), at any domain. */
export function isRoleMailbox(local: string): boolean {
  return ROLE_MAILBOXES.has(foldForMatch(withoutTag(local)).replace(/[._-]/g, ''))
}

// Disposable services hand out sub-domains too, so each parent down to two labels is looked up.
function isDisposableDomain(domain: string): boolean {
  let name = domain
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.')) {
    if (DISPOSABLE_DOMAINS.has(name)) return true
    name = name.slice(dot + 1)
  }
  return false
}
