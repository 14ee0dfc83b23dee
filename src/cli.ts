/** The command line: `leadwell <command>`; every command says what it did, and what to do when it could not. */
import { parseArgs } from 'node:util'
import { COMMANDS } from './commands/index.ts'
import { UsageError } from './commands/usage.ts'
import { ConfigError, loadConfig } from './config.ts'
import { DatabaseUnavailable } from './db/provide.ts'

const { positionals, tokens } = parseArgs({ allowPositionals: true, strict: false, tokens: true })
const [name = 'help'] = positionals
const command = COMMANDS.find((candidate) => candidate.name === name)

function help(): string {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length))
  const lines = COMMANDS.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`)
  return `Leadwell, headless lead management.\n\nUsage: leadwell <command>\n\n${lines.join('\n')}\n\nSettings come from the environment; .env.example names them all.`
}

try {
  if (name === 'help' || tokens.some((token) => token.kind === 'option' && token.name === 'help')) console.log(help())
  else if (command === undefined) throw new UsageError(`There is no command "${name}".\n\n${help()}`)
  else await command.run(process.argv.slice(process.argv.indexOf(name) + 1), loadConfig)
} catch (error) {
  const isExpected = error instanceof ConfigError || error instanceof DatabaseUnavailable || error instanceof UsageError
  if (!isExpected) throw error
  console.error(error.message)
  process.exitCode = error instanceof UsageError ? 64 : 78
}
