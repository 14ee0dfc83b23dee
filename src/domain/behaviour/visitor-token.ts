// A visitor token says who somebody is: a website that knows its user asks us for one and hands it to the browser, which
// sends it with its events. Signed, bound to the workspace and the lead, good for a limited time.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { formatUuid } from '../type-id.ts'

const VERSION = 'v1'
/** 128 bits of the MAC: nobody forges one in the life of a token. */
const MAC_BYTES = 16

/** The token of a lead until `expiresAt`. */
export function issueVisitorToken(secret: Uint8Array, workspaceId: string, leadId: string, expiresAt: Date): string {
  const body = Buffer.alloc(22)
  body.writeUIntBE(expiresAt.getTime(), 0, 6)
  Buffer.from(leadId.replaceAll('-', ''), 'hex').copy(body, 6)
  const text = body.toString('base64url')
  return `${VERSION}.${text}.${macOf(secret, workspaceId, text)}`
}

/** The lead of a token, or null when it is forged, of another workspace, or expired. */
export function readVisitorToken(secret: Uint8Array, workspaceId: string, token: string, now: Date): string | null {
  const match = /^v1\.([A-Za-z0-9_-]{30})\.([A-Za-z0-9_-]{22})$/.exec(token)
  if (match?.[1] === undefined || match[2] === undefined) return null
  // Compared as text: its last character has spare bits, and a token must have one form only.
  if (!timingSafeEqual(Buffer.from(macOf(secret, workspaceId, match[1])), Buffer.from(match[2]))) return null
  const body = Buffer.from(match[1], 'base64url')
  return body.readUIntBE(0, 6) <= now.getTime() ? null : formatUuid(body.subarray(6))
}

function macOf(secret: Uint8Array, workspaceId: string, text: string): string {
  const mac = createHmac('sha256', secret).update(`visitor token|${VERSION}|${workspaceId}|${text}`).digest()
  return mac.subarray(0, MAC_BYTES).toString('base64url')
}
