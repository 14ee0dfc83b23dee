/** What a check of the doctor found. */

export type Level = 'ok' | 'warn' | 'fail'

export interface Finding {
  level: Level
  /** What was looked at, in a word or two. */
  topic: string
  /** What was found, in one line. */
  says: string
  /** What to do about it. */
  advice?: string
}

/** All is well. */
export const ok = (topic: string, says: string): Finding => ({ level: 'ok', topic, says })

/** It works, and may not for long. */
export const warn = (topic: string, says: string, advice: string): Finding => ({ level: 'warn', topic, says, advice })

/** It must be mended. */
export const fail = (topic: string, says: string, advice: string): Finding => ({ level: 'fail', topic, says, advice })

/** Runs a check; one that cannot be made is a failure of its own and holds up no other. */
export async function attempt(topic: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check()
  } catch (error) {
    // Only kind and code: messages of the database may quote data or parts of the connection string.
    const reason = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown'
    return [fail(topic, `could not be checked (${reason})`, 'Mend what is above first, then run doctor again.')]
  }
}

const COLOURS: Record<Level, string> = { ok: '\u001b[32m', warn: '\u001b[33m', fail: '\u001b[31m' }

/** The lines of a finding, for people. */
export function describeFinding({ level, topic, says, advice }: Finding, inColour: boolean): string {
  const mark = inColour ? `${COLOURS[level]}${level.padEnd(4)}\u001b[0m` : level.padEnd(4)
  const lines = [`  ${mark}  ${topic.padEnd(14)}  ${says}`]
  if (advice !== undefined) lines.push(`${' '.repeat(24)}-> ${advice}`)
  return lines.join('\n')
}
