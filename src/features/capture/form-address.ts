/**
 * Which form a public address means. A form has a random public key that is unique everywhere; its slug works too where
 * the workspace is known: from the publishable key of the call, else the default workspace of the installation.
 */
import { LRUCache } from 'lru-cache'
import type { Caller, Ctx } from '../../ctx.ts'
import { type FormRow, findDefaultWorkspace, findForm, findFormAddress } from './form-queries.ts'

/** How long another process may still serve the version before; well under the time a person needs to notice. */
const MEMORY_MS = 2_000

/** As long as a rush may last during which nobody asks the database. */
const REMEMBERED_MS = 600_000

export interface AddressedForm extends FormRow {
  workspace_id: string
}

/** Public keys have this prefix, which no slug can have: slugs hold no capital letter. */
export const PUBLIC_KEY_PREFIX = 'F'

export interface FormAddresses {
  find(address: string, caller: Caller): Promise<AddressedForm | undefined>
  /** The form as it was found lately, without asking the database. */
  remembered(address: string, caller: Caller): AddressedForm | undefined
  forget(): void
}

/** Finds forms by public address, with a short memory. */
export function createFormAddresses(ctx: Ctx): FormAddresses {
  const known = new LRUCache<string, { form: AddressedForm | undefined }>({ max: 5_000, ttl: MEMORY_MS })
  // Older ones serve refusals only, which tell a page no more than that it was refused.
  const remembered = new LRUCache<string, AddressedForm>({ max: 5_000, ttl: REMEMBERED_MS })
  // A public key means one form, whoever uses it.
  const keyOf = (address: string, { workspaceId }: Caller) =>
    address.startsWith(PUBLIC_KEY_PREFIX) ? address : `${workspaceId}/${address}`
  return {
    remembered: (address, caller) => remembered.get(keyOf(address, caller)),
    find: async (address, caller) => {
      const key = keyOf(address, caller)
      const cached = known.get(key)
      if (cached !== undefined) return cached.form
      const form = await lookUp(ctx, address, caller)
      known.set(key, { form })
      if (form === undefined) remembered.delete(key)
      else remembered.set(key, form)
      return form
    },
    forget: () => {
      known.clear()
      remembered.clear()
    },
  }
}

async function lookUp(ctx: Ctx, address: string, caller: Caller): Promise<AddressedForm | undefined> {
  const place = await placeOf(ctx, address, caller)
  if (place === undefined) return undefined
  const form = await findForm(ctx.db, place.workspace_id, place.form_key)
  return form === undefined ? undefined : { ...form, workspace_id: place.workspace_id }
}

async function placeOf(ctx: Ctx, address: string, caller: Caller) {
  if (address.startsWith(PUBLIC_KEY_PREFIX)) return await findFormAddress(ctx.db, address)
  const workspaceId = caller.workspaceId === '' ? await findDefaultWorkspace(ctx.db) : caller.workspaceId
  return workspaceId === undefined ? undefined : { workspace_id: workspaceId, form_key: address }
}
