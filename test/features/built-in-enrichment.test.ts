// The built-in enrichment through the doors: API, form, search.
import t from 'tap'
import { testService } from '../helpers/service.ts'

const service = await testService(t)
const { call } = service

t.test('a lead is enriched in the write that brings it, with the source of every guess', async (t) => {
  const made = await call('POST', '/v1/leads', {
    email: 'grace@analytical-engines.co.uk',
    phone: '+44 20 7183 8750',
    job_title: 'VP of Sales',
  })
  t.equal(made.statusCode, 201, made.body)
  const lead = made.json()
  t.match(lead, {
    email_class: 'corporate',
    phone_type: 'fixed_line',
    phone_country: 'GB',
    country: 'GB',
    world_region: 'europe',
    currency: 'GBP',
    time_zone: 'Europe/London',
    language: 'en',
    company_name: 'Analytical Engines',
    seniority: 'vp',
    department: 'sales',
    version: 1,
  })
  const { data } = (await call('GET', `/v1/leads/${lead.id}/field-sources`)).json()
  const sourceOf = (field: string) => data.find((one: { field: string }) => one.field === field)
  t.match(sourceOf('seniority'), { by: 'machine', source: 'builtin:job_title', confidence: 0.8, expires_at: null })
  t.match(sourceOf('job_title'), { by: 'person', source: 'api', confidence: null })
})

t.test('an edit wins over a guess; clearing stays clear until the input changes', async (t) => {
  const { id } = (await call('POST', '/v1/leads', { full_name: 'Hal', job_title: 'CEO' })).json()
  const patch = async (body: object) => (await call('PATCH', `/v1/leads/${id}`, body)).json()
  t.match(await patch({ seniority: null }), { seniority: null, department: 'executive' })
  t.match(await patch({ city: 'Rome' }), { seniority: null })
  t.match(await patch({ job_title: 'Werkstudent Einkauf' }), { seniority: 'intern', department: 'procurement' })
  t.match(await patch({ seniority: 'Director' }), { seniority: 'director' })
  t.match(await patch({ job_title: 'Intern' }), { seniority: 'director', department: null })
  const wrong = await call('PATCH', `/v1/leads/${id}`, { seniority: 'galactic' })
  t.equal(wrong.statusCode, 400)
  t.match(wrong.json().errors, [{ pointer: '/seniority', code: 'unknown_seniority' }])
})

t.test('conditions ask for what was found out, in the search too', async (t) => {
  await call('POST', '/v1/leads', { email: 'someone@gmail.com', job_title: 'Gerente de compras' })
  const search = async (field: string, value: string) => {
    const filter = {
      any: [
        {
          all: [
            { field, op: 'eq', value },
            { field: 'email', op: 'eq', value: 'someone@gmail.com' },
          ],
        },
      ],
    }
    return (await call('POST', '/v1/leads/search', { filter })).json().data.length
  }
  t.equal(await search('email_class', 'free'), 1)
  t.equal(await search('department', 'procurement'), 1)
  t.equal(await search('seniority', 'manager'), 1)
  t.equal(await search('seniority', 'c_level'), 0)
})
