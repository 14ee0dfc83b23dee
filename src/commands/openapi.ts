/** `openapi`. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../db/migrate.ts'
import type { Command } from './command.ts'
import { describeApp } from './describe-app.ts'

export const openapi: Command = {
  name: 'openapi',
  usage: 'openapi [--write]',
  summary: 'Print the OpenAPI document, or write it to openapi/openapi.json.',
  run: async (args, load) => {
    const { values } = parseArgs({ args, options: { write: { type: 'boolean', default: false } } })
    const app = await describeApp(load())
    const text = `${JSON.stringify(app.swagger(), null, 2)}\n`
    await app.close()
    if (!values.write) {
      process.stdout.write(text)
      return
    }
    const file = path.join(packageRoot(), 'openapi', 'openapi.json')
    await writeFile(file, text)
    console.log('Written: openapi/openapi.json')
  },
}
