/** All commands, in the order in which people need them. Each is loaded when it is asked for: all together take a second. */
import type { Command } from './command.ts'

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  work: async () => (await import('./serve.ts')).work,
  keys: async () => (await import('./keys.ts')).keys,
  doctor: async () => (await import('./doctor.ts')).doctor,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  'sample-data': async () => (await import('./sample-data.ts')).sampleData,
  settings: async () => (await import('./settings.ts')).settings,
  routes: async () => (await import('./routes.ts')).routes,
  openapi: async () => (await import('./openapi.ts')).openapi,
  db: async () => (await import('./db.ts')).db,
}

/** Every command, loaded. */
export async function loadCommands(): Promise<Command[]> {
  return await Promise.all(Object.values(COMMANDS).map((load) => load()))
}
