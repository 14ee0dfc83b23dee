/** Addresses of ours that stand in mails. */
import { type Ctx, perCtx } from '../../ctx.ts'
import { type RefKind, refKeysOf, writeRef } from '../../domain/mail/link-ref.ts'

/** Keys of references of this installation. */
export const refKeys = perCtx((ctx) => refKeysOf(ctx.secret))

/** How the world reaches the service, without a trailing slash. */
export function publicBase({ config }: Pick<Ctx, 'config'>): string {
  const { PUBLIC_URL, HOST, PORT } = config
  return PUBLIC_URL ?? `http://${HOST === '0.0.0.0' ? '127.0.0.1' : HOST}:${PORT}`
}

const PATH_OF: Record<RefKind, string> = { open: 'o', click: 'c', leave: 'u', confirm: 'k', inbox: 'i' }

/** The address for a message, or for a confirmation. */
export function linkOf(ctx: Ctx, kind: RefKind, workspaceId: string, id: string): string {
  const ref = writeRef(refKeys(ctx), { kind, workspace_id: workspaceId, id, index: 0 })
  return `${publicBase(ctx)}/${PATH_OF[kind]}/${ref}${kind === 'open' ? '.gif' : ''}`
}
