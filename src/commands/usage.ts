/** Understanding what was typed, and saying how it goes when it cannot be understood. */
import { type ParseArgsConfig, parseArgs } from 'node:util'

/** A command line that cannot be understood; the message says what is wrong. */
export class UsageError extends Error {}

/** What was asked for cannot be done; the message says why, for the person who asked. */
export class CommandFailed extends Error {}

/** Exit codes, as sysexits.h names them where it has a name. */
export const EXIT = { done: 0, failed: 1, usage: 64, database: 69, settings: 78 } as const

type Options = NonNullable<ParseArgsConfig['options']>

/** Options and free words; an unknown or incomplete option is a UsageError in one sentence. */
export function readArguments<const O extends Options>(args: string[], options: O, words: string[] = []) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const surplus = positionals[words.length]
    if (surplus !== undefined) throw new UsageError(`"${surplus}" is one word too many.`)
    const missing = words[positionals.length]
    if (missing !== undefined) throw new UsageError(`${missing} is missing.`)
    return { values, positionals }
  } catch (error) {
    const isOurs = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    if (!isOurs) throw error
    // The first sentence says what is wrong; what follows explains the syntax of dashes.
    throw new UsageError(`${error.message.split(/\. (?=[A-Z])|\n/)[0]?.replace(/\.$/, '')}.`)
  }
}

/** A whole number of an option, within bounds. */
export function readWhole(option: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  if (value >= minimum && value <= maximum) return value
  throw new UsageError(`--${option} must be a whole number from ${minimum} to ${maximum}.`)
}
