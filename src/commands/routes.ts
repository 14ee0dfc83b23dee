/** `routes`: where each endpoint lives. */
import { rooms } from '../app.ts'
import type { Command } from './command.ts'

/** File name of an operation: its id in kebab-case. */
export const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

export const routes: Command = {
  name: 'routes',
  usage: 'routes',
  summary: 'Print METHOD URL -> file of every endpoint.',
  run: async () => {
    for (const { folder, routes: all } of rooms) {
      for (const route of all) {
        const url = `/v1${route.url.replace(/:([a-z_]+)/g, '{$1}')}`
        console.log(
          `${route.method.padEnd(6)} ${url.padEnd(48)} src/features/${folder}/routes/${kebab(route.operationId)}.ts`,
        )
      }
    }
  },
}
