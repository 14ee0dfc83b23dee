// A key never makes a key that can do more than itself: not more scopes, not from more networks, not for longer.
// Otherwise whoever steals a narrow key with `keys:write` widens it. Publishable keys are free to make: they may
// only capture, which anybody on a page may do.
import type { KeyKind } from './api-key.ts'
import { isCovered } from './ip-range.ts'

/** What a key can do, from where, until when. */
export interface KeyPower {
  kind: KeyKind
  scopes: readonly string[]
  /** Canonical CIDR; empty means any address. */
  allowed_ips: readonly string[]
  /** RFC 3339 UTC with milliseconds; null means without end. */
  expires_at: string | null
}

/** What `wanted` could do beyond its maker, in words; empty when it may be made. */
export function findExcess(maker: KeyPower, wanted: KeyPower): string[] {
  if (wanted.kind === 'publishable') return []
  const excess: string[] = []
  if (maker.kind !== 'secret') {
    if (wanted.kind === 'secret') excess.push('all scopes of a secret key')
    excess.push(...wanted.scopes.filter((scope) => !maker.scopes.includes(scope)).map((scope) => `the scope ${scope}`))
  }
  if (isWider(wanted.allowed_ips, maker.allowed_ips)) excess.push('use from other networks')
  if (maker.expires_at !== null && (wanted.expires_at === null || wanted.expires_at > maker.expires_at)) {
    excess.push('a later end')
  }
  return excess
}

function isWider(wanted: readonly string[], limits: readonly string[]): boolean {
  if (limits.length === 0) return false
  return wanted.length === 0 || wanted.some((range) => !isCovered(range, limits))
}
