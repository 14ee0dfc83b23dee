/** A real mail server whose every misbehaviour a test can order, recipient by recipient. */
import { readFileSync } from 'node:fs'
import type net from 'node:net'
import path from 'node:path'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { Test } from 'tap'

export interface ReceivedMail {
  to: string
  from: string
  messageId: string
  raw: string
}

export interface MailServer {
  url: string
  port: number
  /** What was accepted, or may have been: everything whose final dot came in. */
  received: ReceivedMail[]
  /** Copies of each Message-ID. */
  copies(): Map<string, number>
  connections(): number
  /** How often somebody tried to log in. */
  logins(): number
}

/** Breaks the conversation: end, reset, or never answer. */
export type Fault = 'drop' | 'reset' | 'hang'

export interface Misbehaviour {
  /** At a phase for a recipient: a fault, or a reply such as `451 later`. */
  at(phase: 'mail' | 'rcpt' | 'dot', address: string): Fault | string | undefined
  /** Happens before the reply to a recipient. */
  beforeRecipient?(address: string): Promise<void>
  /** At a new connection. */
  atConnect?(): Fault | string | undefined
  /** How long the reply after a mail takes. */
  delayMs?(): number
  auth?: { user: string; pass: string }
  /** Offers STARTTLS, or speaks TLS from the first byte; in the clear only when left out. */
  tls?: 'starttls' | 'tls'
}

const FIXTURES = path.join(process.cwd(), 'test/fixtures')
/** Who trusts this one trusts the servers of these tests: valid for `localhost`, good for nothing else. */
export const MAIL_SERVER_CERTIFICATE = path.join(FIXTURES, 'mail-server.crt')
const readIdentity = () => ({
  cert: readFileSync(MAIL_SERVER_CERTIFICATE),
  key: readFileSync(path.join(FIXTURES, 'mail-server.key')),
})

const replyError = (reply: string) =>
  Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) })

/** Starts a server by npm smtp-server; it stops with the test. */
export async function mailServer(t: Test, plan: Misbehaviour = { at: () => undefined }): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const sockets = new Set<net.Socket>()
  let opened = 0
  let logins = 0
  const socketOf = (session: SMTPServerSession) =>
    [...sockets].find((socket) => socket.remotePort === session.remotePort)
  const obey = (
    order: Fault | string | undefined,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ) => {
    if (order === undefined) return done()
    if (order === 'hang') return
    if (order === 'drop') return void socketOf(session)?.end()
    if (order === 'reset') return void socketOf(session)?.resetAndDestroy()
    done(replyError(order))
  }
  const server = new SMTPServer({
    authOptional: plan.auth === undefined,
    disabledCommands: plan.tls === undefined ? ['STARTTLS'] : [],
    secure: plan.tls === 'tls',
    ...(plan.tls !== undefined && readIdentity()),
    hidePIPELINING: false,
    disableReverseLookup: true,
    socketTimeout: 60_000,
    closeTimeout: 10,
    onConnect: (session, done) => {
      opened++
      obey(plan.atConnect?.(), session, done)
    },
    onAuth: ({ username, password }, _session, done) => {
      logins++
      if (username === plan.auth?.user && password === plan.auth?.pass) done(null, { user: username })
      else done(replyError('535 5.7.8 no'))
    },
    onMailFrom: ({ address }, session, done) => obey(plan.at('mail', address), session, done),
    onRcptTo: ({ address }, session, done) => {
      void (plan.beforeRecipient?.(address) ?? Promise.resolve()).then(() =>
        obey(plan.at('rcpt', address), session, done),
      )
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString()
        const to = session.envelope.rcptTo.map(({ address }) => address).join()
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
        const order = plan.at('dot', to)
        const isRefused = order !== undefined && /^[45]\d\d/.test(order)
        if (!isRefused) received.push({ to, from, messageId: /^message-id:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? '', raw })
        const delay = plan.delayMs?.() ?? 0
        if (delay === 0) obey(order, session, done)
        else setTimeout(() => obey(order, session, done), delay)
      })
    },
  })
  server.on('error', () => undefined)
  server.server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as net.AddressInfo
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return {
    url: `smtp://127.0.0.1:${port}?security=none`,
    port,
    received,
    connections: () => opened,
    logins: () => logins,
    copies: () => {
      const counts = new Map<string, number>()
      for (const { messageId } of received) counts.set(messageId, (counts.get(messageId) ?? 0) + 1)
      return counts
    },
  }
}
