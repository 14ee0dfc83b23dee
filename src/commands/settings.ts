/** `settings`: every setting with its meaning and default, as the text of .env.example. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConfigSchema } from '../config.ts'
import { packageRoot } from '../package-root.ts'
import type { Command } from './command.ts'
import { readArguments } from './usage.ts'

export const settings: Command = {
  name: 'settings',
  usage: 'settings [--write]',
  summary: 'Print every setting with its meaning and default, or write .env.example.',
  run: async (args) => {
    const { values } = readArguments(args, { write: { type: 'boolean', default: false } })
    if (!values.write) return void process.stdout.write(envExample())
    await writeFile(path.join(packageRoot(), '.env.example'), envExample())
    console.log('Written: .env.example')
  },
}

/** The text of .env.example: what has a default is commented out with it, what has none is empty. */
export function envExample(): string {
  const blocks = Object.entries(ConfigSchema.properties).map(([name, schema]) => {
    const { description, default: byDefault = '' } = schema as { description?: string; default?: unknown }
    return `# ${description ?? ''}\n#${name}=${String(byDefault)}\n`
  })
  return [HEAD, ...blocks].join('\n')
}

const HEAD = `# Every setting with its default; take away the # of those to change. Made by \`npm run leadwell -- settings --write\`.
# An empty variable counts as not set. Load the file with \`docker run --env-file\`, or \`set -a; . ./.env\` in a shell.
`
