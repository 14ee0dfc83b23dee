/** Mail: whether the mail server answers and takes our login. Sends nothing. */

import type { Config } from '../../config.ts'
import { readSmtpUrl } from '../../connectors/mail/couriers.ts'
import { LineFault, openLine } from '../../connectors/mail/smtp-line.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Long enough for a slow greeting, short enough for a person who waits. */
const PATIENCE_MS = 10_000

/** The mail server of the installation. */
export async function checkMail(config: Config): Promise<Finding[]> {
  const { SMTP_URL: url, DATA_DIR } = config
  if (url === undefined) {
    const says = `no mail server: mail goes to files in ${DATA_DIR}/mail`
    if (config.NODE_ENV !== 'production') return [ok('mail', says)]
    return [warn('mail', says, 'Set SMTP_URL to send it.')]
  }
  const options = { ...readSmtpUrl({ config }, url), commandTimeoutMs: PATIENCE_MS }
  try {
    const line = await openLine(options)
    line.close()
    return [ok('mail', `the server at ${options.host}:${options.port} answers and takes our login`)]
  } catch (error) {
    const why = error instanceof LineFault ? describe(error) : 'cannot be reached'
    return [
      fail(
        'mail',
        `the server at ${options.host}:${options.port} ${why}`,
        'Look at SMTP_URL: host, port, security, user and password.',
      ),
    ]
  }
}

function describe({ delivery }: LineFault): string {
  if (delivery.outcome === 'refused') return `refuses us: ${delivery.response}`
  return delivery.outcome === 'unreached' ? `cannot be used: ${delivery.detail}` : 'cannot be used'
}
