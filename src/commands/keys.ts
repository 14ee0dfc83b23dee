/** `keys create|list|revoke`, for the default workspace. */
import { parseArgs } from 'node:util'
import type { Db } from '../db/client.ts'
import { KEY_KINDS, type KeyKind } from '../domain/api-key.ts'
import { decodeTypeId, encodeTypeId } from '../domain/type-id.ts'
import { listKeys } from '../features/admin/admin-queries.ts'
import { ensureInstallation } from '../features/admin/installation-service.ts'
import { createKey, revokeKey } from '../features/admin/key-service.ts'
import { SCOPES } from '../http/access.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'
import { withDatabase } from './with-database.ts'

const USAGE = `Usage:
  leadwell keys create [--name NAME] [--kind secret|restricted|publishable] [--scope SCOPE ...] [--origin KEY]
  leadwell keys list
  leadwell keys revoke KEY_ID

Scopes: ${SCOPES.join(', ')}`

export const keys: Command = {
  name: 'keys',
  usage: 'keys create|list|revoke',
  summary: 'Make, see and end API keys.',
  run: async ([action, ...args], load) => {
    const run = { create: create, list: list, revoke: revoke }[action ?? '']
    if (run === undefined) throw new UsageError(USAGE)
    const job = run(args)
    await withDatabase(load(), async (db) => {
      const { installation } = await ensureInstallation(db, new Date())
      await job(db, installation.default_workspace_id)
    })
  },
}

type Job = (db: Db, workspaceId: string) => Promise<void>

function create(args: string[]): Job {
  const { values } = parseArgs({
    args,
    options: {
      name: { type: 'string', default: 'Made on the command line' },
      kind: { type: 'string', default: 'secret' },
      scope: { type: 'string', multiple: true, default: [] },
      origin: { type: 'string' },
    },
  })
  const { name, kind, scope, origin = null } = values
  if (!(KEY_KINDS as readonly string[]).includes(kind)) throw new UsageError(`${kind} is no kind of key.\n\n${USAGE}`)
  const unknown = scope.filter((candidate) => !(SCOPES as readonly string[]).includes(candidate))
  if (unknown.length > 0) throw new UsageError(`Unknown scope: ${unknown.join(', ')}.\n\n${USAGE}`)
  return async (db, workspaceId) => {
    const made = await createKey(
      db,
      workspaceId,
      { name, kind: kind as KeyKind, scopes: scope, origin, expiresAt: null },
      new Date(),
    )
    console.log(`${made.secret}\n\nKeep it: it is shown only now. Its id is ${encodeTypeId('key', made.key.id)}.`)
  }
}

function list(): Job {
  return async (db, workspaceId) => {
    for (const key of await listKeys(db, workspaceId)) {
      const state = key.revoked_at === null ? 'active ' : 'revoked'
      console.log(
        `${encodeTypeId('key', key.id)}  ${state}  ${key.kind.padEnd(11)}  ${key.prefix}…${key.last_four}  ${key.name}`,
      )
    }
  }
}

function revoke([id]: string[]): Job {
  const uuid = id === undefined ? undefined : decodeTypeId('key', id)
  if (uuid === undefined) throw new UsageError(`Which key? \`leadwell keys list\` shows their ids.\n\n${USAGE}`)
  return async (db, workspaceId) => {
    const key = await revokeKey(db, workspaceId, uuid, new Date())
    console.log(
      key === undefined
        ? 'There is no such key in this workspace.'
        : `${id} is revoked; running services refuse it within 3 seconds.`,
    )
    if (key === undefined) process.exitCode = 1
  }
}
