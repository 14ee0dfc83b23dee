/** `keys create|list|revoke|rotate`, for the default workspace. */
import type { Db } from '../db/client.ts'
import { KEY_KINDS } from '../domain/api-key.ts'
import { decodeTypeId, encodeTypeId } from '../domain/type-id.ts'
import { ApiError } from '../errors.ts'
import { ensureInstallation, type FirstKeys } from '../features/admin/installation-service.ts'
import { type KeyRow, listKeys } from '../features/admin/key-queries.ts'
import {
  createKey,
  type KeyActor,
  type KeyWithSecret,
  revokeApiKey,
  rotateApiKey,
} from '../features/admin/key-service.ts'
import { type KeyInput, readNewKey } from '../features/admin/read-new-key.ts'
import { SCOPES } from '../http/access.ts'
import type { Command } from './command.ts'
import { CommandFailed, readArguments, readWhole, UsageError } from './usage.ts'
import { withDatabase } from './with-database.ts'

const DETAILS = `  keys create   make a key; the secret alone goes to standard output, and is shown only now
    --name NAME         what it is for
    --kind KIND         ${KEY_KINDS.join(', ')} (default: secret)
    --scope SCOPE       a right of a restricted key; may be repeated
    --origin KEY        the integration that writes with it
    --allow-ip CIDR     a network that may use it; may be repeated
    --expires MOMENT    when it stops working, such as 2027-01-31T00:00:00Z
  keys list     show all keys, newest first
  keys revoke KEY_ID    end a key; running services refuse it within 3 seconds
  keys rotate KEY_ID    give a key a new secret
    --overlap SECONDS   how long the secret before keeps working, up to 604800 (default: 0)

Scopes: ${SCOPES.join(', ')}

  leadwell keys create --name CRM --kind restricted --scope leads:read --scope leads:write --origin hubspot`

export const keys: Command = {
  name: 'keys',
  usage: 'keys create|list|revoke|rotate',
  summary: 'Make, see, renew and end API keys.',
  details: DETAILS,
  run: async ([action = '', ...args], load) => {
    const read = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
    if (read === undefined) throw new UsageError(action === '' ? 'What about keys?' : `keys cannot ${action}.`)
    const act = read(args)
    await withDatabase(load(), async (db) => {
      const { installation, keys: firstKeys } = await ensureInstallation(db, new Date())
      if (firstKeys !== null) tellFirstKeys(firstKeys)
      const by = { workspaceId: installation.default_workspace_id, actor: 'command_line', keyId: null }
      await act(db, by).catch(explainRefusal)
    })
  },
}

/** Runs with everything already read, so that a wrong option never touches the database. */
type Act = (db: Db, by: KeyActor) => Promise<void>

const ACTIONS: Record<string, (args: string[]) => Act> = { create, list, revoke, rotate }

function create(args: string[]): Act {
  const { values } = readArguments(args, {
    name: { type: 'string', default: 'Made on the command line' },
    kind: { type: 'string', default: 'secret' },
    scope: { type: 'string', multiple: true, default: [] },
    origin: { type: 'string' },
    'allow-ip': { type: 'string', multiple: true, default: [] },
    expires: { type: 'string' },
  })
  const input: KeyInput = {
    name: values.name,
    kind: values.kind,
    scopes: values.scope,
    origin: values.origin ?? null,
    allowed_ips: values['allow-ip'],
    expires_at: values.expires ?? null,
  }
  if (input.origin !== null && !/^[a-z][a-z0-9_-]{0,63}$/.test(input.origin ?? '')) {
    throw new UsageError('--origin must begin with a letter and have only a-z, 0-9, _ and -.')
  }
  const wanted = readKey(input)
  return async (db, by) => tellSecret(await createKey(db, by.workspaceId, wanted, new Date(), by))
}

/** Names of options where requests have properties. */
const OPTION_OF: Record<string, string> = { scopes: 'scope', allowed_ips: 'allow-ip', expires_at: 'expires' }

function readKey(input: KeyInput) {
  try {
    return readNewKey(input, new Date())
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const faults = error.items.map(({ pointer, detail }) => {
      const name = pointer?.split('/')[1] ?? ''
      return `--${OPTION_OF[name] ?? name}: ${detail}`
    })
    throw new UsageError(faults.join('\n'))
  }
}

function list(args: string[]): Act {
  readArguments(args, {})
  return async (db, by) => {
    const rows = await listKeys(db, by.workspaceId, null, null, 10_000)
    const cells = rows.map(describe)
    const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? []
    for (const row of cells)
      console.log(
        row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd(),
      )
  }
}

function describe(key: KeyRow): string[] {
  const rights = key.kind === 'restricted' ? key.scopes.join(',') : ''
  const end = key.expires_at === null || key.state === 'revoked' ? '' : `until ${key.expires_at}`
  const shown = [
    key.state,
    key.kind,
    `${key.prefix}…${key.last_four}`,
    key.created_at.slice(0, 10),
    key.name,
    rights,
    end,
  ]
  return [encodeTypeId('key', key.id), ...shown]
}

function revoke(args: string[]): Act {
  const { positionals } = readArguments(args, {}, ['KEY_ID'])
  const id = readKeyId(positionals[0])
  return async (db, by) => {
    await revokeApiKey(db, by, id, null, new Date())
    console.log(`${positionals[0]} is revoked; running services refuse it within 3 seconds.`)
  }
}

function rotate(args: string[]): Act {
  const { values, positionals } = readArguments(args, { overlap: { type: 'string', default: '0' } }, ['KEY_ID'])
  const id = readKeyId(positionals[0])
  const overlap = readWhole('overlap', values.overlap, 0, 604_800)
  return async (db, by) => {
    tellSecret(await rotateApiKey(db, by, id, overlap, null, new Date()))
    if (overlap > 0) console.error(`The secret before it works for ${overlap} seconds more.`)
  }
}

function readKeyId(text = ''): string {
  const id = decodeTypeId('key', text)
  if (id === undefined) throw new UsageError(`"${text}" is no id of a key; \`leadwell keys list\` shows them.`)
  return id
}

/** Only the secret on standard output: `KEY=$(leadwell keys create)` works. */
function tellSecret({ key, secret }: KeyWithSecret): void {
  console.log(secret)
  console.error(`Keep it: it is shown only now. The id of the key is ${encodeTypeId('key', key.id)}.`)
}

/** This was the first use of the database, so nobody else will ever see these two. */
function tellFirstKeys({ secret, publishable }: FirstKeys): void {
  console.error(`The database was new. Its first secret key: ${secret}\nIts first publishable key: ${publishable}\n`)
}

function explainRefusal(error: unknown): never {
  throw error instanceof ApiError && error.status === 404
    ? new CommandFailed('There is no such key in this workspace; `leadwell keys list` shows them.')
    : error
}
