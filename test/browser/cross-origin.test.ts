/** Every way in which a page of another origin can send a form, in a real browser. */
import t from 'tap'
import { keepPicture, openBrowser, SERVICE, SITE, submissionsOf } from './chromium.ts'
import { makeForm, onlySubmission } from './forms.ts'
import { sendBeacon, sendBody, sendFile } from './in-page.js'

const visit = await openBrowser(t)
const NAME_AND_MAIL = { full_name: 'Ada Lovelace', email: 'ada@example.org', 'consent.terms': true }

t.test('JSON with a preflight, and its answer is readable', async (t) => {
  const path = await makeForm('from-json')
  const { page, complaints, context } = await visit()
  await page.goto(`${SITE}/callback.html`)
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'k1', prefer: 'wait=5' }
  const answer = await page.evaluate(sendBody, { url: SERVICE + path, headers, body: JSON.stringify(NAME_AND_MAIL) })
  t.match(answer, { status: 202, request_id: /^req_/, body: { state: 'processed', lead_id: null } })
  t.match(await onlySubmission('from-json'), { origin: { origin: SITE } })
  t.same(complaints, [])
  t.same(await context.cookies(), [])
})

t.test('a page of its own script captures with nothing but fetch', async (t) => {
  const { page, complaints } = await visit()
  await page.goto(`${SITE}/callback.html`)
  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByLabel('E-mail').fill('grace@example.org')
  await page.getByLabel('Phone').fill('+49 351 123456')
  await page.getByRole('button').click()
  await page.getByText('Thank you. We will be in touch today.').waitFor()
  t.same(complaints, [])
})

t.test('a native form of the website is answered with 303 to a page', async (t) => {
  const { page, complaints, context } = await visit()
  await page.goto(`${SITE}/quote.html?utm_source=poster`)
  await page.getByLabel('Your name').fill('Native Nora')
  await page.getByLabel('E-mail').fill('nora@example.org')
  await keepPicture(page, 'website-native-form')
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await page.getByRole('button').click()
  t.equal((await answered).status(), 303)
  await page.waitForURL(`${SERVICE}/f/demo?submitted=1&locale=en`)
  await page.getByText('Thank you. We will be in touch today.').waitFor()
  const stored = (await submissionsOf('demo')).find(({ fields }) => fields['email'] === 'nora@example.org')
  t.match(stored, { fields: { page: 'quote' }, origin: { origin: SITE } })
  t.same(complaints, [])
  t.same(await context.cookies(), [])
})

t.test('multipart with a file', async (t) => {
  const path = await makeForm('from-multipart')
  const { page, complaints } = await visit()
  await page.goto(`${SITE}/callback.html`)
  const fields = { full_name: 'Ada', email: 'ada@example.org', 'consent.terms': 'true' }
  const file = { field: 'brief', name: 'brief.pdf', type: 'application/pdf', text: '%PDF-1.7 brief' }
  const status = await page.evaluate(sendFile, { url: SERVICE + path, fields, file })
  t.equal(status, 202)
  t.match(await onlySubmission('from-multipart'), { files: [{ file_name: 'brief.pdf', size_bytes: 14 }] })
  t.same(complaints, [])
})

t.test('sendBeacon, while the page goes away', async (t) => {
  const path = await makeForm('from-beacon')
  const { page, complaints } = await visit()
  await page.goto(`${SITE}/callback.html`)
  const queued = await page.evaluate(sendBeacon, { url: SERVICE + path, body: JSON.stringify(NAME_AND_MAIL) })
  await page.goto('about:blank')
  t.equal(queued, true)
  t.match(await onlySubmission('from-beacon'), { fields: { full_name: 'Ada Lovelace' }, origin: { origin: SITE } })
  t.same(complaints, [])
})

t.test('a page that the form does not allow is refused, and the developer can see why', async (t) => {
  const path = await makeForm('for-others', { allowed_origins: ['https://shop.test'] })
  const { page, complaints } = await visit()
  await page.goto(`${SITE}/callback.html`)
  const sendAs = (type: string) =>
    page.evaluate(sendBody, {
      url: SERVICE + path,
      headers: { 'content-type': type },
      body: JSON.stringify(NAME_AND_MAIL),
    })
  t.match(await sendAs('application/json'), { error: /TypeError/ }, 'the preflight is not passed')
  t.match(await sendAs('text/plain'), { error: /TypeError/ }, 'the answer is not for this page')
  t.match(complaints.join(), /blocked by CORS policy/, 'the console tells why')
  const body = JSON.stringify(NAME_AND_MAIL)
  const refused = await fetch(SERVICE + path, { method: 'POST', headers: { origin: SITE }, body })
  t.match(await refused.json(), { status: 403, code: 'origin_not_allowed' }, 'and so does the answer')
  t.same(await submissionsOf('for-others'), [], 'nothing is stored')
})
