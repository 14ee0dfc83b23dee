/** What an endpoint keeps sealed: its signing secret and its own headers, bound to the endpoint that they belong to. */
import { randomBytes } from 'node:crypto'
import type { Ctx } from '../../ctx.ts'
import { openSecret, SEAL_IV_BYTES, sealSecret } from '../../domain/sealed-secret.ts'
import { formatWebhookSecret, SECRET_BYTES } from '../../domain/webhook/signature.ts'

type Part = 'secret' | 'headers'

const placeOf = (workspaceId: string, endpointId: string, part: Part) =>
  `webhook_endpoints/${workspaceId}/${endpointId}/${part}`

/** Draws a secret; returns its text, to be shown once, and its sealed form. */
export function drawWebhookSecret(ctx: Ctx, workspaceId: string, endpointId: string): { text: string; sealed: Buffer } {
  const text = formatWebhookSecret(randomBytes(SECRET_BYTES))
  return { text, sealed: sealPart(ctx, workspaceId, endpointId, 'secret', text) }
}

/** Seals a text of an endpoint. */
export function sealPart(ctx: Ctx, workspaceId: string, endpointId: string, part: Part, text: string): Buffer {
  return sealSecret(ctx.secret, placeOf(workspaceId, endpointId, part), text, randomBytes(SEAL_IV_BYTES))
}

/** Opens what `sealPart` made. */
export function openPart(ctx: Ctx, workspaceId: string, endpointId: string, part: Part, sealed: Buffer): string {
  return openSecret(ctx.secret, placeOf(workspaceId, endpointId, part), sealed)
}

/** Former secrets that sign during one overlap: more would be a receiver that nobody keeps in step. */
const MOST_FORMER = 3

interface SealedSecrets {
  secret: Buffer
  /** One or several, as `sealFormer` made it; null when none of them signs any more. */
  previous_secret: Buffer | null
}

/** The secrets that sign, newest first. */
export function openSecrets(ctx: Ctx, workspaceId: string, endpointId: string, sealed: SealedSecrets): string[] {
  return [sealed.secret, sealed.previous_secret].flatMap((part) =>
    part === null ? [] : openPart(ctx, workspaceId, endpointId, 'secret', part).split(' '),
  )
}

/**
 * The former secrets of an endpoint that gets a new one, sealed. All that signed until now go on: whoever rotates twice in
 * a day, perhaps because the first answer was lost, must not cut off a receiver that still has the secret from before.
 */
export function sealFormer(ctx: Ctx, workspaceId: string, endpointId: string, sealed: SealedSecrets): Buffer {
  const former = openSecrets(ctx, workspaceId, endpointId, sealed).slice(0, MOST_FORMER)
  return sealPart(ctx, workspaceId, endpointId, 'secret', former.join(' '))
}
