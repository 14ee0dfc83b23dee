import {
  createLead,
  listChanges,
  searchLeads,
  submitForm,
  updateLead,
  upsertLeadByExternalId,
} from './generated/orval/client.js'
import { type Client, headers, runScenario } from './scenario.js'

const options = { headers }

const client: Client = {
  capture: async (email) => {
    const answer = await submitForm('demo', { full_name: 'Ada Lovelace', email }, options)
    if (answer.status !== 202) throw new Error(JSON.stringify(answer.data))
    return answer.data
  },
  create: async (email, phone) => {
    const answer = await createLead({ email, phone, country: 'DE' }, options)
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.data))
    return answer.data
  },
  upsert: async (external_id, company_name) => {
    const answer = await upsertLeadByExternalId('crm', external_id, { company_name }, undefined, options)
    if (answer.status !== 200 && answer.status !== 201) throw new Error(JSON.stringify(answer.data))
    return { status: answer.status, lead: answer.data }
  },
  clearPhone: async (id) => {
    const answer = await updateLead(id, { phone: null }, options)
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.data))
    return answer.data
  },
  search: async (value) => {
    const filter = { any: [{ all: [{ field: 'company_name', op: 'eq', value }] }] }
    const answer = await searchLeads({ filter }, undefined, options)
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.data))
    return answer.data.data
  },
  feed: async (cursor) => {
    const answer = await listChanges({ cursor }, options)
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.data))
    return { types: answer.data.data.map(({ type }) => type), next: answer.data.next_cursor }
  },
}

await runScenario('orval', client)
