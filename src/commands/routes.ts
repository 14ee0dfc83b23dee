/** `routes`: where each endpoint lives. */
import { rooms } from '../app.ts'
import type { Command } from './command.ts'
import { readArguments } from './usage.ts'

/** File name of an operation: its id in kebab-case. */
export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

export const routes: Command = {
  name: 'routes',
  usage: 'routes',
  summary: 'Print METHOD URL -> file of every endpoint.',
  run: async (args) => {
    readArguments(args, {})
    const rows = rooms.flatMap(({ folder, routes: all }) =>
      all.map((route) => ({
        method: route.method,
        url: `/v1${route.url.replace(/:([a-z_]+)/g, '{$1}')}`,
        file: `src/features/${folder}/routes/${kebab(route.operationId)}.ts`,
      })),
    )
    const width = Math.max(...rows.map(({ url }) => url.length))
    for (const { method, url, file } of rows) console.log(`${method.padEnd(6)} ${url.padEnd(width)} ${file}`)
  },
}
