/** All commands, in the order in which people need them. */
import type { Command } from './command.ts'
import { db } from './db.ts'
import { doctor } from './doctor.ts'
import { keys } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { openapi } from './openapi.ts'
import { routes } from './routes.ts'
import { sampleData } from './sample-data.ts'
import { serve, work } from './serve.ts'
import { settings } from './settings.ts'

export const COMMANDS: Command[] = [
  serve,
  work,
  keys,
  doctor,
  migrateCommand,
  sampleData,
  settings,
  routes,
  openapi,
  db,
]
