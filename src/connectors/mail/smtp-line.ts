/** One connection to a mail server: opened, used for mail after mail, closed. Knows exactly how far a mail has come. */
import type { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Delivery, Parcel } from './courier.ts'

export interface SmtpOptions {
  host: string
  port: number
  security: 'tls' | 'starttls' | 'none'
  /** Name in the certificate, where `host` is an address that was looked up before. */
  servername: string | null
  auth: { user: string; pass: string } | null
  /** Time for greeting, TLS and login, and for each envelope, in milliseconds. */
  commandTimeoutMs: number
  /** Time from the first byte of a mail to the reply after its dot: 10 minutes (RFC 5321, 4.5.3.2.6). */
  replyTimeoutMs: number
}

/** What nodemailer adds to its errors. */
interface SmtpError extends Error {
  code?: string | undefined
  command?: string | undefined
  response?: string | undefined
  responseCode?: number | undefined
}

/** A line that could not be opened. */
export class LineFault extends Error {
  readonly delivery: Delivery
  constructor(delivery: Delivery) {
    super('the connection could not be opened')
    this.delivery = delivery
  }
}

export interface SmtpLine {
  /** False when the connection is gone: the line is good for nothing more. */
  readonly isOpen: boolean
  send(parcel: Parcel, mayHandOver: () => Promise<boolean>): Promise<Delivery>
  close(): void
}

/** Connects and logs in; throws LineFault. */
export async function openLine(options: SmtpOptions): Promise<SmtpLine> {
  const connection = new SMTPConnection({
    host: options.host,
    port: options.port,
    secure: options.security === 'tls',
    requireTLS: options.security === 'starttls',
    ignoreTLS: options.security === 'none',
    tls: { minVersion: 'TLSv1.2', ...(options.servername !== null && { servername: options.servername }) },
    connectionTimeout: options.commandTimeoutMs,
    greetingTimeout: options.commandTimeoutMs,
    socketTimeout: options.replyTimeoutMs + options.commandTimeoutMs,
    socketCloseTimeout: 1_000,
  })
  await within(connection, options.commandTimeoutMs, (done) => {
    connection.once('error', done)
    connection.connect((error) => {
      if (error || options.auth === null) return done(error)
      connection.login({ credentials: options.auth }, done)
    })
  })
  return makeLine(connection, options)
}

async function within(
  connection: SMTPConnection,
  timeoutMs: number,
  work: (done: (error?: SmtpError | null) => void) => void,
): Promise<void> {
  const error = await new Promise<SmtpError | null>((resolve) => {
    const timer = setTimeout(() => resolve(new Error('the server did not answer in time')), timeoutMs)
    work((failure) => {
      clearTimeout(timer)
      resolve(failure ?? null)
    })
  })
  if (error === null) return
  // Errors may follow the first one, and nobody else listens.
  connection.on('error', () => undefined)
  connection.close()
  throw new LineFault(
    error.responseCode === undefined || error.command === 'STARTTLS'
      ? { outcome: 'unreached', detail: whyNotOpened(error) }
      : { outcome: 'refused', status: error.responseCode, response: replyOf(error), at: 'session' },
  )
}

/** In words for whoever sets it up: the library gives one code to a wrong port, a wrong name and a wrong certificate. */
function whyNotOpened({ message, command, responseCode }: SmtpError): string {
  if (command === 'STARTTLS' && responseCode !== undefined) {
    return 'it does not offer STARTTLS (smtps:// speaks TLS from the start; ?security=none is for a relay on this machine)'
  }
  return message.slice(0, 200)
}

function makeLine(connection: SMTPConnection, options: SmtpOptions): SmtpLine {
  let isOpen = true
  connection.removeAllListeners('error')
  connection.on('error', () => {
    isOpen = false
  })
  connection.on('end', () => {
    isOpen = false
  })
  const close = () => {
    isOpen = false
    connection.close()
  }
  return {
    get isOpen() {
      return isOpen
    },
    close,
    send: async (parcel, mayHandOver) => {
      const delivery = await exchange(connection, parcel, mayHandOver, options)
      if (delivery.outcome === 'accepted') return delivery
      // After a refusal the transaction is still open on the server; anything else leaves the line in an unknown state.
      if (delivery.outcome !== 'refused' || !isOpen || !(await reset(connection, options))) close()
      return delivery
    },
  }
}

/**
 * One mail. The library asks for its content exactly when the server has answered 354: that is the border. Before it
 * nothing can have been delivered; the mark of the hand-over is committed at it; after it only a numeric reply tells.
 */
function exchange(
  connection: SMTPConnection,
  parcel: Parcel,
  mayHandOver: () => Promise<boolean>,
  options: SmtpOptions,
): Promise<Delivery> {
  return new Promise((resolve) => {
    let phase: 'envelope' | 'asking' | 'content' = 'envelope'
    let isOver = false
    const timer = setTimeout(() => fail('no reply in time'), options.commandTimeoutMs)
    const end = (delivery: Delivery) => {
      clearTimeout(timer)
      clearTimeout(replyTimer)
      isOver = true
      resolve(delivery)
    }
    let replyTimer: NodeJS.Timeout | undefined
    const fail = (detail: string) => {
      if (isOver) return
      isOver = true
      // While the mark is being asked for, the answer has to be waited for: the row must not change under it.
      if (phase !== 'asking') end({ outcome: phase === 'content' ? 'unknown' : 'unreached', detail })
      connection.close()
    }
    const content = {
      pipe: (stream: NodeJS.WritableStream) => {
        phase = 'asking'
        clearTimeout(timer)
        mayHandOver().then(
          (may) => {
            if (!may) {
              end({ outcome: 'stopped' })
              return connection.close()
            }
            if (isOver) return end({ outcome: 'unreached', detail: 'the connection broke before the mail was sent' })
            phase = 'content'
            replyTimer = setTimeout(() => fail('no reply after the mail'), options.replyTimeoutMs)
            stream.end(parcel.bytes)
          },
          () => {
            end({ outcome: 'unreached', detail: 'the hand-over could not be marked' })
            connection.close()
          },
        )
        return stream
      },
    }
    const envelope = { from: parcel.from, to: [parcel.to], size: parcel.bytes.length }
    // Of a stream the library uses `pipe` alone; a real one would be read before the server has agreed (S1).
    connection.send(envelope, content as unknown as Readable, (error: SmtpError | null, info) => {
      if (isOver) return
      if (!error) return end({ outcome: 'accepted', response: info.response.slice(0, 500) })
      const refusal = refusalOf(error, phase === 'content')
      if (refusal === null) fail(describe(error))
      else end(refusal)
    })
  })
}

/** A reply to our own command; a code that the library read from half a line or from elsewhere is none. */
function refusalOf(error: SmtpError, isContent: boolean): Delivery | null {
  const { responseCode: status, code, command } = error
  if (status === undefined || status < 400) return null
  const response = replyOf(error)
  if (isContent) return code === 'EMESSAGE' ? { outcome: 'refused', status, response, at: 'content' } : null
  if (command === 'RCPT TO') return { outcome: 'refused', status, response, at: 'recipient' }
  return { outcome: 'refused', status, response, at: command === 'MAIL FROM' ? 'sender' : 'session' }
}

function reset(connection: SMTPConnection, { commandTimeoutMs }: SmtpOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), Math.min(commandTimeoutMs, 5_000))
    const done = (isReset: boolean) => {
      clearTimeout(timer)
      resolve(isReset)
    }
    connection.once('end', () => done(false))
    connection.reset((error) => done(!error))
  })
}

const replyOf = (error: SmtpError) => (error.response ?? '').slice(0, 500)

/** Kind of a failure, without what a server may have said. */
const describe = (error: SmtpError) => (error.code === undefined ? error.message : error.code)
