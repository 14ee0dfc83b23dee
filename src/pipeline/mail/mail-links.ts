/** Addresses of ours that stand in mails. */
import { publicBase } from '../../config.ts'
import { type Ctx, perCtx } from '../../ctx.ts'
import { type RefKind, refKeysOf, writeRef } from '../../domain/mail/link-ref.ts'

/** Keys of references of this installation. */
export const refKeys = perCtx((ctx) => refKeysOf(ctx.secret))

const PATH_OF: Record<RefKind, string> = { open: 'o', click: 'c', leave: 'u', confirm: 'k', inbox: 'i' }

/** The address for a message, or for a confirmation. */
export function linkOf(ctx: Ctx, kind: RefKind, workspaceId: string, id: string): string {
  const ref = writeRef(refKeys(ctx), { kind, workspace_id: workspaceId, id, index: 0 })
  return `${publicBase(ctx.config)}/${PATH_OF[kind]}/${ref}${kind === 'open' ? '.gif' : ''}`
}
