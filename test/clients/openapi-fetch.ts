import createClient from 'openapi-fetch'
import type { components, paths } from './generated/openapi-typescript/schema.js'
import { baseUrl, type Client, headers, runScenario } from './scenario.js'

type Problem = components['schemas']['Problem']

const api = createClient<paths>({ baseUrl, headers })

/** The data of an answer; a problem becomes an error that says what it is. */
function dataOf<T>({ data, error }: { data?: T; error?: Problem }): T {
  if (data === undefined) throw new Error(`${error?.code}: ${error?.detail}`)
  return data
}

const client: Client = {
  capture: async (email) =>
    dataOf(
      await api.POST('/v1/public/forms/{form_key}/submissions', {
        params: { path: { form_key: 'demo' } },
        body: { full_name: 'Ada Lovelace', email },
      }),
    ),
  create: async (email, phone) => dataOf(await api.POST('/v1/leads', { body: { email, phone, country: 'DE' } })),
  upsert: async (external_id, company_name) => {
    const answer = await api.PATCH('/v1/leads/by-external-id/{system}/{external_id}', {
      params: { path: { system: 'crm', external_id } },
      body: { company_name },
    })
    return { status: answer.response.status, lead: dataOf(answer) }
  },
  clearPhone: async (lead_id) =>
    dataOf(await api.PATCH('/v1/leads/{lead_id}', { params: { path: { lead_id } }, body: { phone: null } })),
  search: async (value) => {
    const filter = { any: [{ all: [{ field: 'company_name', op: 'eq', value }] }] }
    return dataOf(await api.POST('/v1/leads/search', { body: { filter } })).data
  },
  feed: async (cursor) => {
    const { data, next_cursor } = dataOf(await api.GET('/v1/changes', { params: { query: { cursor } } }))
    return { types: data.map(({ type }) => type), next: next_cursor }
  },
}

await runScenario('openapi-fetch', client)
