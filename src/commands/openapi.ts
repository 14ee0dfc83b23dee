/** `openapi`. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { toOpenapi30 } from '../http/openapi-3-0.ts'
import type { Document } from '../http/openapi-types.ts'
import { packageRoot } from '../package-root.ts'
import type { Command } from './command.ts'
import { describeApp } from './describe-app.ts'
import { readArguments } from './usage.ts'

export const openapi: Command = {
  name: 'openapi',
  usage: 'openapi [--write]',
  summary: 'Print the OpenAPI document, or write it to openapi/, for 3.1 and 3.0.',
  run: async (args, load) => {
    const { values } = readArguments(args, { write: { type: 'boolean', default: false } })
    const app = await describeApp(load())
    const files = openapiFiles(app.swagger() as unknown as Document) // ours is the wider type
    await app.close()
    if (!values.write) {
      process.stdout.write(files['openapi.json'])
      return
    }
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(packageRoot(), 'openapi', name), text)
      console.log(`Written: openapi/${name}`)
    }
  },
}

/** The committed files by name, as texts. */
export function openapiFiles(document: Document) {
  const print = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  return { 'openapi.json': print(document), 'openapi-3.0.json': print(toOpenapi30(document)) }
}
