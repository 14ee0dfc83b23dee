/** All commands, in the order in which people need them. */
import type { Command } from './command.ts'
import { db } from './db.ts'
import { keys } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { openapi } from './openapi.ts'
import { routes } from './routes.ts'
import { serve, work } from './serve.ts'

export const COMMANDS: Command[] = [serve, work, migrateCommand, keys, openapi, routes, db]
