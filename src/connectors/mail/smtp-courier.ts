/** A pool of connections to one mail server. It never sends a mail twice: what failed is decided by whoever asked. */
import type { Courier, Delivery } from './courier.ts'
import { LineFault, openLine, type SmtpLine, type SmtpOptions } from './smtp-line.ts'

/** Mails on one connection before it is renewed, as servers like it. */
const MAILS_PER_LINE = 200
/** An unused connection is closed after this time: servers count open ones. */
const IDLE_MS = 3_000
/** A connection that the server has closed meanwhile is replaced once; nothing was sent on it. */
const FRESH_LINES = 2

/** A courier over SMTP; `addressOf` says where to connect, anew for each connection. */
export function createSmtpCourier(addressOf: () => Promise<SmtpOptions>, connections: number): Courier {
  const idle: { line: SmtpLine; mails: number; timer: NodeJS.Timeout }[] = []
  const waiting: (() => void)[] = []
  let open = 0
  let isClosed = false

  const take = async (): Promise<{ line: SmtpLine; mails: number; isFresh: boolean }> => {
    while (open >= connections && idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    const known = idle.pop()
    if (known !== undefined) {
      clearTimeout(known.timer)
      if (known.line.isOpen) return { line: known.line, mails: known.mails, isFresh: false }
      open--
    }
    open++
    try {
      return { line: await openLine(await addressOf()), mails: 0, isFresh: true }
    } catch (error) {
      release()
      throw error
    }
  }
  const release = () => {
    open--
    waiting.shift()?.()
  }
  const giveBack = (line: SmtpLine, mails: number) => {
    if (!line.isOpen || mails >= MAILS_PER_LINE || isClosed) {
      line.close()
      return release()
    }
    const timer = setTimeout(() => {
      const at = idle.findIndex((one) => one.line === line)
      if (at < 0) return
      idle.splice(at, 1)
      line.close()
      release()
    }, IDLE_MS)
    idle.push({ line, mails, timer })
    waiting.shift()?.()
  }

  return {
    deliver: async (parcel, mayHandOver) => {
      for (let i = 1; ; i++) {
        let taken: Awaited<ReturnType<typeof take>>
        try {
          taken = await take()
        } catch (error) {
          return error instanceof LineFault ? error.delivery : unreached(error)
        }
        const delivery = await taken.line.send(parcel, mayHandOver)
        giveBack(taken.line, taken.mails + 1)
        if (delivery.outcome !== 'unreached' || taken.isFresh || i >= FRESH_LINES) return delivery
      }
    },
    close: () => {
      isClosed = true
      for (const { line, timer } of idle.splice(0)) {
        clearTimeout(timer)
        line.close()
        open--
      }
    },
  }
}

function unreached(error: unknown): Delivery {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'the server cannot be reached'
  return { outcome: 'unreached', detail: code }
}
