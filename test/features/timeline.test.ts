import t from 'tap'
import { encodeTypeId } from '../../src/domain/type-id.ts'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call, drain } = service
const NOBODY = encodeTypeId('lead', '018f0000-0000-7000-8000-000000000000')

const submit = async (fields: object) => {
  const answer = await call('POST', '/v1/public/forms/demo/submissions', fields)
  if (answer.statusCode !== 202) throw new Error(answer.body)
  await drain()
  return answer.json().submission_id as string
}
const leadOf = async (email: string) => (await call('GET', `/v1/leads?email=${email}`)).json().data[0]
const about = async (id: string, part: string) => (await call('GET', `/v1/leads/${id}/${part}`)).json().data

t.test('every line of a timeline leads to the decision behind it', async (t) => {
  const first = await submit({ full_name: 'Ada Lovelace', email: 'ada@example.org', interest: 'demo' })
  const second = await submit({ full_name: 'Ada Lovelace', email: 'ADA@example.org', phone: 'call me 1' })
  const lead = await leadOf('ada@example.org')
  await call('PATCH', `/v1/leads/${lead.id}`, { city: 'London' })
  // What the judge adds in between is told by tests of its own.
  const told = new Set(['lead_updated', 'form_submitted'])
  const lines = (await about(lead.id, 'timeline')).filter(({ type }: { type: string }) => told.has(type))
  t.strictSame(
    lines.map(({ type }: { type: string }) => type),
    ['lead_updated', 'form_submitted', 'form_submitted'],
  )
  t.match(lines[0], { data: { changed_fields: ['city'] }, receipt_id: null })
  t.match(lines[1], { data: { submission_id: second, form_key: 'demo', outcome: 'updated' } })
  t.match(lines[1].data.issues, [{ field: 'phone' }])
  t.match(lines[2], { data: { submission_id: first, outcome: 'created', issues: [] } })
  const receipt = (await call('GET', `/v1/receipts/${lines[1].receipt_id}`)).json()
  t.match(receipt, {
    lead_id: lead.id,
    kind: 'match',
    inputs: { source: 'form:demo', submission_id: second, identities: ['email'] },
    outcome: { outcome: 'updated', rule: 'email', issues: [{ field: 'phone' }] },
    rejected: [],
  })
  const decisions = (await about(lead.id, 'decisions')).filter(({ kind }: { kind: string }) => kind === 'match')
  t.strictSame(
    decisions.map(({ id }: { id: string }) => id),
    [lines[1].receipt_id, lines[2].receipt_id],
  )
})

t.test('a rejected candidate is named with the reason', async (t) => {
  const phone = '+4930901899'
  await submit({ full_name: 'One Person', email: 'one@example.org', phone })
  const one = await leadOf('one@example.org')
  await submit({ full_name: 'Other Person', email: 'other@example.org', phone })
  const other = await leadOf('other@example.org')
  t.not(other.id, one.id)
  const [decision] = (await about(other.id, 'decisions')).filter(({ kind }: { kind: string }) => kind === 'match')
  t.strictSame(decision.rejected, [{ lead_id: one.id, identity: 'phone', reason: 'same_phone_other_email' }])
})

t.test('each field knows who wrote it last', async (t) => {
  await submit({ full_name: 'Field Source', email: 'fields@example.org', message: 'hello' })
  const lead = await leadOf('fields@example.org')
  await call('PATCH', `/v1/leads/${lead.id}`, { full_name: 'Field Sources', job_title: 'CTO' })
  const sources = Object.fromEntries(
    (await about(lead.id, 'field-sources')).map((source: { field: string; by: string; source: string }) => [
      source.field,
      `${source.by} ${source.source}`,
    ]),
  )
  t.match(sources, {
    email: 'person form:demo',
    'custom_fields.message': 'person form:demo',
    full_name: 'person api',
    job_title: 'person api',
  })
  t.notOk('email_domain' in sources, 'what follows has no source of its own')
  await call('PATCH', `/v1/leads/${lead.id}`, { job_title: null, custom_fields: { message: null } })
  const left = (await about(lead.id, 'field-sources')).map(({ field }: { field: string }) => field)
  t.notOk(left.includes('job_title') || left.includes('custom_fields.message'), 'a blank comes from nowhere')
})

t.test('pages of a timeline and of decisions show each line once', async (t) => {
  for (let i = 0; i < 5; i++) await submit({ full_name: 'Many Lines', email: 'many@example.org', message: `m${i}` })
  const { id } = await leadOf('many@example.org')
  for (const part of ['timeline', 'decisions']) {
    const whole = await about(id, part)
    const seen: string[] = []
    let cursor = ''
    do {
      const page = (await call('GET', `/v1/leads/${id}/${part}?limit=2${cursor}`)).json()
      seen.push(...page.data.map((line: { id: string }) => line.id))
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
    } while (cursor !== '')
    t.strictSame(
      seen,
      whole.map((line: { id: string }) => line.id),
    )
    const { next_cursor } = (await call('GET', `/v1/leads/${id}/${part}?limit=2`)).json()
    const { id: other } = await leadOf('fields@example.org')
    const foreign = await call('GET', `/v1/leads/${other}/${part}?limit=2&cursor=${next_cursor}`)
    t.match([foreign.statusCode, foreign.json().code], [400, 'cursor_mismatch'])
  }
})

t.test('the story of a lead that is not there, or not yours, is not told', async (t) => {
  const { key } = await service.makeWorkspace()
  const headers = { authorization: `Bearer ${key}` }
  const lead = await leadOf('ada@example.org')
  const [line] = await about(lead.id, 'timeline')
  for (const part of ['timeline', 'decisions', 'field-sources']) {
    t.equal((await call('GET', `/v1/leads/${NOBODY}/${part}`)).statusCode, 404)
    t.equal((await call('GET', `/v1/leads/${lead.id}/${part}`, undefined, { headers })).statusCode, 404)
    t.ok([400, 404].includes((await call('GET', `/v1/leads/%00/${part}`)).statusCode))
    t.equal((await call('GET', `/v1/leads/${lead.id}/${part}?bogus=1`)).statusCode, 400)
  }
  t.ok(line)
  const [decision] = await about(lead.id, 'decisions')
  t.equal((await call('GET', `/v1/receipts/${decision.id}`, undefined, { headers })).statusCode, 404)
  t.equal(
    (await call('GET', `/v1/receipts/${encodeTypeId('receipt', '018f0000-0000-7000-8000-000000000000')}`)).statusCode,
    404,
  )
  t.ok([400, 404].includes((await call('GET', '/v1/receipts/rcpt_x')).statusCode))
})
