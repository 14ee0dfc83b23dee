import { createClient } from './generated/hey-api/client/index.js'
import {
  createLead,
  listChanges,
  searchLeads,
  submitForm,
  updateLead,
  upsertLeadByExternalId,
} from './generated/hey-api/sdk.gen.js'
import { baseUrl, type Client, headers, runScenario } from './scenario.js'

const options = { client: createClient({ baseUrl, headers }), throwOnError: true } as const

const client: Client = {
  capture: async (email) => {
    const body = { full_name: 'Ada Lovelace', email }
    return (await submitForm({ ...options, path: { form_key: 'demo' }, body })).data
  },
  create: async (email, phone) => (await createLead({ ...options, body: { email, phone, country: 'DE' } })).data,
  upsert: async (external_id, company_name) => {
    const path = { system: 'crm', external_id }
    const { data, response } = await upsertLeadByExternalId({ ...options, path, body: { company_name } })
    return { status: response.status, lead: data }
  },
  clearPhone: async (lead_id) => (await updateLead({ ...options, path: { lead_id }, body: { phone: null } })).data,
  search: async (value) => {
    const filter = { any: [{ all: [{ field: 'company_name', op: 'eq', value }] }] }
    return (await searchLeads({ ...options, body: { filter } })).data.data
  },
  feed: async (cursor) => {
    const { data, next_cursor } = (await listChanges({ ...options, query: { cursor } })).data
    return { types: data.map(({ type }) => type), next: next_cursor }
  },
}

await runScenario('hey-api', client)
