/** The command line: `leadwell <command>`; every command says what it did, and what to do when it could not. */
import { describeAll, describeCommand, describeUnknown, hintAt } from './commands/help.ts'
import { COMMANDS, loadCommands } from './commands/index.ts'
import { CommandFailed, EXIT, UsageError } from './commands/usage.ts'
import { ConfigError, loadConfig } from './config.ts'
import { DatabaseUnavailable } from './db/provide.ts'
import { ApiError } from './errors.ts'
import { RELEASE } from './version.ts'

const HELP = ['help', '--help', '-h']

async function main([name = 'help', ...args]: string[]): Promise<void> {
  if (['--version', '-v', 'version'].includes(name)) return console.log(RELEASE)
  const asked = HELP.includes(name) ? args[0] : name
  if (asked === undefined) return console.log(describeAll(await loadCommands()))
  const command = await (Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked]?.() : undefined)
  if (command === undefined) throw new UsageError(describeUnknown(asked, Object.keys(COMMANDS)))
  if (asked !== name || args.includes('--help') || args.includes('-h')) return console.log(describeCommand(command))
  try {
    await command.run(args, loadConfig)
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${error.message}\n${hintAt(command)}`) : error
  }
}

/** The exit code of a failure that a person can understand; undefined for a fault of ours. */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof DatabaseUnavailable) return EXIT.database
  if (error instanceof ConfigError) return EXIT.settings
  return error instanceof CommandFailed || error instanceof ApiError ? EXIT.failed : undefined
}

// `leadwell routes | head` closes our output early: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.done)
})

try {
  await main(process.argv.slice(2))
} catch (error) {
  const exitCode = exitCodeOf(error)
  if (exitCode === undefined) throw error
  console.error((error as Error).message)
  process.exitCode = exitCode
}
