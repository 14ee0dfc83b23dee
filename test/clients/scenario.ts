/** One story that every generated client must be able to tell: capture, create, upsert, patch with null, search, feed. */
import { strict as assert } from 'node:assert'

/** The part of a lead that the story looks at. */
export interface LeadView {
  id: string
  email: string | null
  phone: string | null
  company_name: string | null
  country: string | null
}

/** What each client has to offer, in the words of the story; all of it is typed by generated code. */
export interface Client {
  capture(email: string): Promise<{ submission_id: string; state: string }>
  create(email: string, phone: string): Promise<LeadView>
  upsert(externalId: string, company: string): Promise<{ status: number; lead: LeadView }>
  clearPhone(id: string): Promise<LeadView>
  search(company: string): Promise<LeadView[]>
  feed(cursor: string): Promise<{ types: string[]; next: string }>
}

const { LEADWELL_URL, LEADWELL_KEY } = process.env
if (!LEADWELL_URL || !LEADWELL_KEY) throw new Error('LEADWELL_URL and LEADWELL_KEY say where the service is')

export const baseUrl = LEADWELL_URL
export const headers = { Authorization: `Bearer ${LEADWELL_KEY}` }

/** Tells the story; throws where it goes otherwise. */
export async function runScenario(name: string, client: Client): Promise<void> {
  const run = `${name}-${Date.now()}`
  const { next: start } = await client.feed('latest')

  const captured = await client.capture(`visitor-${run}@example.org`)
  assert.match(captured.submission_id, /^sub_/)

  const lead = await client.create(`ada-${run}@example.org`, '+4930901820')
  assert.equal(lead.phone, '+4930901820')

  const first = await client.upsert(run, 'Analytical Engines')
  assert.equal(first.status, 201)
  const second = await client.upsert(run, `Difference Engines ${run}`)
  assert.equal(second.status, 200)
  assert.equal(second.lead.id, first.lead.id)

  const cleared = await client.clearPhone(lead.id)
  assert.equal(cleared.phone, null)
  assert.equal(cleared.email, lead.email)

  const found = await client.search(`Difference Engines ${run}`)
  assert.deepEqual(
    found.map(({ id }) => id),
    [first.lead.id],
  )

  const { types, next } = await client.feed(start)
  assert.ok(types.includes('lead.created') && types.includes('lead.updated'), types.join())
  assert.ok(Number(next) > Number(start))
  console.log(`${name}: ${types.length} changes seen`)
}
