/** Which courier carries the mail of a sender: its own server, that of the installation, or files. */
import { type Ctx, perCtx } from '../../ctx.ts'
import type { SmtpServer } from '../../domain/mail/sender.ts'
import { rulesOf } from '../http-client/outbound.ts'
import type { Courier } from './courier.ts'
import { createFileCourier } from './file-courier.ts'
import { createSmtpCourier } from './smtp-courier.ts'
import type { SmtpOptions } from './smtp-line.ts'
import { lookUpServer } from './smtp-target.ts'

/** A sender's own server with its opened password. */
export interface OwnServer {
  server: SmtpServer
  password: string | null
}

export interface Couriers {
  /** The courier for a sender; `own` null takes that of the installation. */
  of(own: OwnServer | null): Courier
  close(): void
}

/** The couriers of a running service, made when first needed. */
export const couriers = perCtx((ctx): Couriers => {
  const known = new Map<string, Courier>()
  const remember = (key: string, make: () => Courier) => {
    const courier = known.get(key) ?? make()
    known.set(key, courier)
    return courier
  }
  return {
    of: (own) => {
      if (own !== null) return remember(JSON.stringify(own), () => ownCourier(ctx, own))
      const { SMTP_URL: url, DATA_DIR, SMTP_CONNECTIONS } = ctx.config
      if (url === undefined) return remember('files', () => createFileCourier(DATA_DIR))
      return remember('smtp', () => createSmtpCourier(async () => readSmtpUrl(ctx, url), SMTP_CONNECTIONS))
    },
    close: () => {
      for (const courier of known.values()) courier.close()
      known.clear()
    },
  }
})

/** The server of a tenant is looked up and checked for each connection: it must not lead inside our walls (P29). */
function ownCourier(ctx: Ctx, { server, password }: OwnServer): Courier {
  const { username } = server
  const address = async (): Promise<SmtpOptions> => ({
    ...timesOf(ctx),
    ...(await lookUpServer(server.host, server.port, rulesOf(ctx.config))),
    port: server.port,
    security: server.security,
    auth: username === null ? null : { user: username, pass: password ?? '' },
  })
  return createSmtpCourier(address, ctx.config.SMTP_CONNECTIONS)
}

/** `smtp://user:password@host:587?security=starttls`; `smtps:` is TLS from the first byte. */
export function readSmtpUrl(ctx: Pick<Ctx, 'config'>, url: string): SmtpOptions {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url)
  const isTls = protocol === 'smtps:'
  const security = searchParams.get('security')
  return {
    ...timesOf(ctx),
    host: hostname.replace(/^\[|\]$/g, ''),
    servername: null,
    port: port === '' ? (isTls ? 465 : 587) : Number(port),
    // Plain only where it is asked for: a relay on the same machine.
    security: isTls ? 'tls' : security === 'none' ? 'none' : 'starttls',
    auth: username === '' ? null : { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
  }
}

const timesOf = ({ config }: Pick<Ctx, 'config'>) => ({
  commandTimeoutMs: config.SMTP_COMMAND_SECONDS * 1000,
  replyTimeoutMs: config.SMTP_REPLY_SECONDS * 1000,
})
