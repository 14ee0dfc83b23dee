/** A visitor browses, submits, gets a sequence, clicks, is promoted and leaves it: the whole way, in a browser and its mails. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { callApi, keepPicture, SERVICE } from './chromium.ts'
import { makeForm } from './forms.ts'
import { hasTracker, renderAlone } from './in-page.js'
import { leadOf, openPersonsBrowser, openWebsite, waitFor } from './website.ts'

const { site: SITE } = await openWebsite(t)
const visit = await openPersonsBrowser(t)

const SUBJECTS = { hello: 'Hello, Nora', idea: 'An idea for you', last: 'Shall we talk?' }
const mail = (name: keyof typeof SUBJECTS, next?: string) => ({
  key: name,
  kind: 'email',
  ...(next !== undefined && { next }),
  email: { template_key: `nora-${name}` },
})
const isPrice = { op: 'did', behaviour: { event: 'page_viewed', properties: { title: 'Quote – Elbtal Cargo Bikes' } } }
const entry = { field: 'consent.marketing.email', op: 'eq', value: 'true' }
const SEQUENCE = {
  name: 'Welcome, Nora',
  purpose: 'marketing',
  entry: { kind: 'condition', condition: { any: [{ all: [entry, { field: 'stage_key', op: 'eq', value: 'lead' }] }] } },
  exit: { stage_keys: ['mql'], on_reply: true },
  steps: [
    mail('hello', 'rest'),
    { key: 'rest', kind: 'wait', next: 'idea', wait: { kind: 'duration', seconds: 1 } },
    mail('idea', 'look'),
    {
      key: 'look',
      kind: 'wait',
      next: 'promote',
      wait: {
        kind: 'until_condition',
        timeout_seconds: 604_800,
        timeout_next: 'last',
        condition: { any: [{ all: [isPrice] }] },
      },
    },
    { key: 'promote', kind: 'move_stage', next: 'last', move_stage: { stage_key: 'mql' } },
    mail('last'),
  ],
}

for (const [name, subject] of Object.entries(SUBJECTS)) {
  const html = `<p>Look: <a href="${SITE}/quote.html">our prices</a>.</p>`
  await callApi('PUT', `/v1/templates/nora-${name}`, { texts: [{ locale: 'en', subject, html }] })
}
await callApi('PUT', '/v1/sequences/nora', SEQUENCE)
await callApi('POST', '/v1/sequences/nora/publish', {})
await makeForm('nora', {
  spam: { min_seconds: 0 },
  locales: [],
  consents: [{ key: 'news', purpose: 'marketing', channel: 'email', text: 'Yes, send me news by e-mail.' }],
})

interface Enrollment {
  id: string
  step_key: string | null
  status: string
  reason: string | null
}

const enrollmentOf = async (lead: string): Promise<Enrollment | undefined> =>
  ((await callApi('GET', `/v1/enrollments?lead_id=${lead}`)) as { data: Enrollment[] }).data[0]

const mailsOf = async (lead: string) =>
  ((await callApi('GET', `/v1/messages?lead_id=${lead}`)) as { data: { id: string; subject: string; state: string }[] })
    .data

/** Opens a mail as the page of the developers shows it. */
async function openMail(page: Page, subject: string): Promise<void> {
  await page.goto(`${SERVICE}/dev/mail`)
  await page.getByRole('link', { name: subject }).first().click()
  await page.getByRole('link', { name: 'our prices' }).waitFor()
}

t.test('from the first visit to sales, and not one mail more', async (t) => {
  const { page, context } = await visit()
  await page.goto(`${SITE}/index.html`)
  await page.waitForFunction(hasTracker)
  await page.evaluate(renderAlone, { form: 'nora', options: {} })
  await page.getByLabel('Your name').fill('Nora Nurtured')
  await page.getByLabel('Work e-mail').fill('nora@nurtured.test')
  await page.getByLabel('Yes, send me news by e-mail.').check()
  await page.getByRole('button', { name: 'Request a proposal' }).click()
  await page.getByRole('status').getByText('Thank you.').waitFor()

  const lead = await leadOf('nora@nurtured.test')
  const { id } = await waitFor('two mails, and waiting for a look at the prices', async () => {
    const sent = (await mailsOf(lead)).filter(({ state }) => state === 'sent')
    const enrollment = await enrollmentOf(lead)
    return sent.length === 2 && enrollment?.step_key === 'look' ? enrollment : undefined
  })

  const reader = await context.newPage()
  await openMail(reader, SUBJECTS.idea)
  await keepPicture(reader, 'mail-in-sequence')
  // A click in the first two seconds is taken for that of a scanner: nobody reads so fast.
  await reader.waitForTimeout(2_100)
  await reader.getByRole('link', { name: 'our prices' }).click()
  await reader.waitForURL(`${SITE}/quote.html`)

  const ended = await waitFor('the end of the enrollment', async () => {
    const enrollment = await enrollmentOf(lead)
    return enrollment?.status === 'ended' ? enrollment : undefined
  })
  t.match(ended, { id, reason: 'stage' })
  t.match(await callApi('GET', `/v1/leads/${lead}`), { stage_key: 'mql' })
  const mails = await mailsOf(lead)
  t.same(mails.map(({ subject }) => subject).sort(), [SUBJECTS.idea, SUBJECTS.hello].sort())
  const idea = mails.find(({ subject }) => subject === SUBJECTS.idea)
  t.match(await callApi('GET', `/v1/messages/${idea?.id}`), { state: 'sent', tally: { clicks: 1 } })
  const { data: story } = (await callApi('GET', `/v1/leads/${lead}/timeline`)) as { data: { type: string }[] }
  const types = story.map(({ type }) => type)
  for (const type of ['form_submitted', 'website_visit', 'email_clicked', 'stage_changed', 'sequence_ended'])
    t.ok(types.includes(type), `${type} in ${types.join(', ')}`)
})

t.test('the way out is one button on a page, and a visit of that page alone changes nothing', async (t) => {
  const lead = await leadOf('nora@nurtured.test')
  const { page } = await visit()
  await openMail(page, SUBJECTS.hello)
  const way = await page.getByRole('link', { name: /unsubscribe/i }).getAttribute('href')
  await page.goto(String(way))
  await keepPicture(page, 'way-out')
  const consentOf = async () => JSON.stringify(await callApi('GET', `/v1/leads/${lead}/consents`))
  const before = await consentOf()
  await page.reload()
  t.equal(await consentOf(), before)
  await page.getByRole('button', { name: 'Unsubscribe from everything' }).click()
  await waitFor('a withdrawal', async () => ((await consentOf()) === before ? undefined : true))
  await keepPicture(page, 'out')
})
