/** Admin owns workspaces, their settings and API keys, and serves the audit log that every room writes to. */
import type { Room } from '../../http/route.ts'
import { createApiKey } from './routes/create-api-key.ts'
import { getApiKey } from './routes/get-api-key.ts'
import { getMe } from './routes/get-me.ts'
import { getWorkspaceSettings } from './routes/get-workspace-settings.ts'
import { listApiKeys } from './routes/list-api-keys.ts'
import { listAuditLog } from './routes/list-audit-log.ts'
import { putWorkspaceSettings } from './routes/put-workspace-settings.ts'
import { revokeApiKey } from './routes/revoke-api-key.ts'
import { rotateApiKey } from './routes/rotate-api-key.ts'
import { verifyAuditLog } from './routes/verify-audit-log.ts'

export const admin: Room = {
  folder: 'admin',
  tag: 'Admin',
  description: 'Keys, settings, and who changed what.',
  routes: [
    getMe,
    listApiKeys,
    createApiKey,
    getApiKey,
    revokeApiKey,
    rotateApiKey,
    getWorkspaceSettings,
    putWorkspaceSettings,
    listAuditLog,
    verifyAuditLog,
  ],
}
