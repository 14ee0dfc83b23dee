/** Accounts owns the API of companies; the pipeline owns their rows, because a lead's journey may make one. */
import type { Room } from '../../http/route.ts'
import { archiveAccount } from './routes/archive-account.ts'
import { batchUpsertAccounts } from './routes/batch-upsert-accounts.ts'
import { createAccount } from './routes/create-account.ts'
import { getAccount } from './routes/get-account.ts'
import { listAccounts } from './routes/list-accounts.ts'
import { updateAccount } from './routes/update-account.ts'
import { upsertAccountByExternalId } from './routes/upsert-account-by-external-id.ts'

export const accounts: Room = {
  folder: 'accounts',
  tag: 'Accounts',
  description: 'Companies that leads belong to.',
  routes: [
    listAccounts,
    createAccount,
    upsertAccountByExternalId,
    batchUpsertAccounts,
    getAccount,
    updateAccount,
    archiveAccount,
  ],
}
