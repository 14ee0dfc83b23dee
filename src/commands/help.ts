/** What the command line says about itself. */
import { suggestName } from '../domain/condition/suggest-name.ts'
import { RELEASE } from '../version.ts'
import type { Command } from './command.ts'

const EXIT_CODES = `Exit codes:
   0  done
   1  not done: the message says why; for doctor: something must be mended
  64  the command line was not understood
  69  the database cannot be used
  78  a setting is wrong`

/** The page of `leadwell help`. */
export function describeAll(commands: Command[]): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length))
  const lines = commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`)
  return `Leadwell ${RELEASE}, headless lead management.

Usage: leadwell <command> [options]

${lines.join('\n')}

  help <command>, <command> --help     how a command is used
  --version                            which release this is

Settings come from the environment; \`leadwell settings\` names them all.

${EXIT_CODES}`
}

/** The page of one command. */
export function describeCommand({ usage, summary, details }: Command): string {
  return [`Usage: leadwell ${usage}`, summary, ...(details === undefined ? [] : [details])].join('\n\n')
}

/** The short reminder after a mistake. */
export function hintAt({ name, usage, details }: Command): string {
  return `Usage: leadwell ${usage}${details === undefined ? '' : `\n\`leadwell help ${name}\` says more.`}`
}

/** What to say about a name that is no command. */
export function describeUnknown(name: string, known: string[]): string {
  const near = suggestName(name, known)
  return `There is no command "${name}"${near === undefined ? '.' : `; did you mean ${near}?`}\n\`leadwell help\` lists all commands.`
}
