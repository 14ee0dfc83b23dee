import t from 'tap'
import { withWorkspace } from '../../src/db/client.ts'
import { planMessage } from '../../src/pipeline/mail/plan-message.ts'
import { testService } from '../helpers/service.ts'

const WELCOME = {
  name: 'Welcome',
  texts: [{ locale: 'en', subject: 'Hi {{ lead.first_name }}', html: '<p>Hello</p>' }],
}

t.test('a template is saved in versions, each of which stays', async (t) => {
  const { call } = await testService(t)
  const first = await call('PUT', '/v1/templates/welcome', WELCOME)
  t.equal(first.statusCode, 201)
  t.match(first.json(), { version: 1, default_locale: 'en', layout: 'default', texts: [{ text: null, preheader: '' }] })
  t.equal((await call('PUT', '/v1/templates/welcome', WELCOME)).statusCode, 428)
  const tag = { headers: { 'if-match': '"v1"' } }
  const changed = { ...WELCOME, name: 'Welcome again' }
  t.match((await call('PUT', '/v1/templates/welcome', changed, tag)).json(), { version: 2 })
  t.equal((await call('PUT', '/v1/templates/welcome', WELCOME, tag)).statusCode, 412)
  const same = await call('PUT', '/v1/templates/welcome', changed, { headers: { 'if-match': '"v2"' } })
  t.match(same.json(), { version: 2 }, 'the same again changes nothing')
  t.match((await call('GET', '/v1/templates/welcome/versions')).json().data, [
    { version: 2 },
    { version: 1, name: 'Welcome' },
  ])
  t.equal((await call('DELETE', '/v1/templates/welcome')).statusCode, 204)
  t.equal((await call('GET', '/v1/templates/welcome')).statusCode, 404)
  t.match((await call('GET', '/v1/templates/welcome/versions/1')).json(), { name: 'Welcome' })
  t.match((await call('PUT', '/v1/templates/welcome', WELCOME)).json(), { version: 3 })
})

t.test('what cannot be parsed is refused, part by part', async (t) => {
  const { call } = await testService(t)
  const put = async (texts: object) =>
    (await call('PUT', '/v1/templates/t', { texts: [{ locale: 'en', subject: 's', text: 't', ...texts }] })).json()
  t.match(await put({ html: '{% if %}' }), {
    code: 'validation_failed',
    errors: [{ code: 'template_syntax', pointer: '/texts/0/html' }],
  })
  t.match(await put({ subject: '{{ a | nope }}' }), { errors: [{ pointer: '/texts/0/subject' }] })
  t.match(await put({ html: '{{ lead.first_name | raw }}' }), { errors: [{ pointer: '/texts/0/html' }] })
  for (const tag of ['include "a"', 'render "a"', 'layout "a"', 'block a']) {
    t.match(await put({ html: `{%- ${tag} %}` }), { errors: [{ code: 'not_allowed' }] }, tag)
  }
  t.match(await put({ locale: 'zz-nope-nope-!' }), { status: 400 })
  t.match(await put({ text: null }), { errors: [{ code: 'required', pointer: '/texts/0/html' }] })
  for (const [url, body] of [
    ['templates/t', { layout: 'fancy', texts: [{ locale: 'en', subject: 's', text: 't' }] }],
    ['settings/senders/s', { name: 'S', email: 's@x.test', smtp: { host: 'x.test', port: 25, security: 'maybe' } }],
  ] as const) {
    t.match((await call('PUT', `/v1/${url}`, body)).json(), { errors: [{ code: 'invalid_value' }] }, url)
  }
  const odd = { to: { email: 'a@x.test' }, kind: 'newsletter', content: { subject: 's', text: 't' } }
  t.match((await call('POST', '/v1/messages', odd)).json(), { errors: [{ pointer: '/kind' }] })
  const deep = '{% if a %}'.repeat(5_000)
  t.match(await put({ html: deep }), { status: 400 })
})

t.test('a mail is planned once for each key, whoever plans it, and one to nobody says so', async (t) => {
  const { call, ctx, workspaceId } = await testService(t)
  const lead = (await call('POST', '/v1/leads', { email: 'ada@example.org' })).json()
  const leadId = (await ctx.db.query<{ id: string }>('SELECT id FROM leads'))[0]?.id ?? ''
  const plan = {
    key: 'enrollment:1:hello',
    kind: 'marketing' as const,
    purpose: 'marketing',
    lead_id: leadId,
    template_key: 'welcome',
    actor: 'system',
  }
  const planned = await Promise.all(
    Array.from({ length: 8 }, () => withWorkspace(ctx.db, workspaceId, (tx) => planMessage(tx, plan, new Date()))),
  )
  t.equal(new Set(planned.map(({ id }) => id)).size, 1)
  t.equal(planned.filter(({ created }) => created).length, 1)
  t.match(planned[0]?.message, { to_email: lead.email, state: 'planned' })
  const nobody = await withWorkspace(ctx.db, workspaceId, (tx) =>
    planMessage(tx, { ...plan, key: 'b', lead_id: null, to: { email: 'a@x\r\nBcc: v@x', name: null } }, new Date()),
  )
  t.match(nobody.message, { state: 'withheld', reason: 'address_invalid', address_key: null })
})
