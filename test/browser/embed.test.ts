/** The embed on a website of another origin, under its strict Content-Security-Policy. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { keepPicture, openBrowser, SERVICE, SITE, submissionsOf } from './chromium.ts'
import { makeForm, onlySubmission } from './forms.ts'
import { addScript, countStored, fitsScreen, focusedClass, hearSubmission, isFocused, renderAlone } from './in-page.js'

const visit = await openBrowser(t)
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }

/** Renders a form alone into the contact page. */
async function render(page: Page, form: string, options: object = {}): Promise<void> {
  await page.goto(`${SITE}/contact.html`)
  await page.getByLabel('Your name').waitFor()
  await page.evaluate(renderAlone, { form, options })
}

async function fill(page: Page): Promise<void> {
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('Work e-mail').fill('ada@example.org')
  await page.getByLabel('I have read the privacy notice.').check()
}

t.test('a visitor comes by a campaign, looks around, fills in the form and is thanked', async (t) => {
  const { page, context, complaints } = await visit()
  const origins = new Set<string>()
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  await page.goto(`${SITE}/index.html?utm_source=fair&gclid=abc`, { referer: 'https://search.test/' })
  await page.getByRole('link', { name: 'Contact' }).click()
  await page.getByLabel('Your name').fill('Campaign Clara')
  await page.getByLabel('E-mail').fill('clara@example.org')
  await page.getByLabel('What is it about?').selectOption('I would like a demo')
  await keepPicture(page, 'embed')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('status').getByText('Thank you. We will be in touch today.').waitFor()
  await keepPicture(page, 'embed-thanks')
  const stored = (await submissionsOf('demo')).find(({ fields }) => fields['email'] === 'clara@example.org')
  t.match(stored, {
    fields: { full_name: 'Campaign Clara', interest: 'demo' },
    origin: {
      origin: SITE,
      page_url: `${SITE}/contact.html`,
      landing_page: `${SITE}/index.html?utm_source=fair&gclid=abc`,
      referrer: 'https://search.test/',
      attribution: { utm_source: 'fair', gclid: 'abc' },
      visitor_id: null,
    },
  })
  t.same(complaints, [])
  t.same(await context.cookies(), [])
  t.same([...origins].sort(), [SERVICE, SITE].sort(), 'nobody else is asked anything')
})

t.test('it is told at once what is missing, and by the service what is wrong', async (t) => {
  const { page, complaints } = await visit(PHONE)
  await page.goto(`${SITE}/contact.html`)
  await page.getByLabel('Your name').waitFor()
  await page.getByRole('button', { name: 'Send' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('Please check what you entered').waitFor()
  t.equal(await alert.evaluate(isFocused), true)
  t.same(await alert.getByRole('link').allTextContents(), [
    'Your name – Please fill in this field.',
    'E-mail – Please fill in this field.',
  ])
  t.same(complaints, [], 'nothing was sent')
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('E-mail').fill('nonsense')
  await page.getByRole('button', { name: 'Send' }).click()
  const link = alert.getByRole('link', { name: 'E-mail – Please enter an e-mail address' })
  await link.waitFor()
  await keepPicture(page, 'embed-faults-phone')
  await link.click()
  const mail = page.getByLabel('E-mail')
  t.equal(await mail.evaluate(isFocused), true)
  t.equal(await mail.getAttribute('aria-invalid'), 'true')
  t.equal(await mail.getAttribute('aria-describedby'), 'f-email-fault')
  await mail.fill('ada-phone@example.org')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Thank you.').waitFor()
  t.equal(complaints.length, 1, 'only the refused try: browsers report each 400 of a script')
})

t.test('it speaks another language, faults included', async (t) => {
  await makeForm('embed-german')
  const { page } = await visit()
  await render(page, 'embed-german', { locale: 'de' })
  await page.getByLabel('Ihr Name').fill('Ada')
  await page.getByLabel('E-Mail (geschäftlich)').fill('nein')
  await page.getByLabel('Ich habe die Hinweise zum Datenschutz gelesen.').check()
  await page.getByRole('button', { name: 'Angebot anfordern' }).click()
  await page.getByRole('alert').getByText('Bitte geben Sie eine E-Mail-Adresse ein').waitFor()
  await keepPicture(page, 'embed-german')
  await page.getByLabel('E-Mail (geschäftlich)').fill('ada@example.org')
  await page.getByRole('button', { name: 'Angebot anfordern' }).click()
  await page.getByText('Vielen Dank. Sie hören bis morgen Mittag von uns.').waitFor()
  t.match(await onlySubmission('embed-german'), { origin: { language: 'de' } })
})

t.test('two quick clicks are one submission', async (t) => {
  await makeForm('embed-twice')
  const { page, complaints } = await visit()
  await render(page, 'embed-twice')
  await fill(page)
  await page.locator('.send').dblclick()
  await page.getByText('Thank you.').waitFor()
  t.match(await onlySubmission('embed-twice'), { fields: { full_name: 'Ada Lovelace' } })
  t.same(complaints, [])
})

t.test('an answer that is lost on the way, and a network that is gone, make no second submission', async (t) => {
  await makeForm('embed-lost')
  const { page, context } = await visit()
  await render(page, 'embed-lost')
  const keys: (string | undefined)[] = []
  await page.route('**/submissions', async (route) => {
    keys.push((await route.request().allHeaders())['idempotency-key'])
    if (keys.length > 1) return await route.continue()
    await route.fetch()
    await context.setOffline(true)
    await route.abort('connectionreset')
  })
  await fill(page)
  await page.locator('.send').click()
  await page.getByText('The connection is interrupted. We keep trying').waitFor()
  await keepPicture(page, 'embed-waiting')
  await context.setOffline(false)
  await page.getByText('Thank you.').waitFor()
  await onlySubmission('embed-lost')
  t.ok(keys.length >= 2)
  t.equal(new Set(keys).size, 1, 'every try has the same key')
})

t.test('a file travels along', async (t) => {
  await makeForm('embed-file')
  const { page, complaints } = await visit()
  await render(page, 'embed-file', { values: { campaign: 'spring' }, visitorId: 'visitor-7' })
  await fill(page)
  await page.getByLabel('A CRM').check()
  await page.getByLabel('Spreadsheets').check()
  const brief = { name: 'brief.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 brief') }
  await page.getByLabel('Brief').setInputFiles(brief)
  await page.locator('.send').click()
  await page.getByText('Thank you.').waitFor()
  t.match(await onlySubmission('embed-file'), {
    fields: { tools: ['crm', 'sheet'], campaign: 'spring', 'consent.terms': /^[0-9a-f]{64}$/ },
    files: [{ file_name: 'brief.pdf' }],
    origin: { visitor_id: 'visitor-7' },
  })
  t.same(complaints, [])
})

t.test('a proof of work is solved while the form is filled in', async (t) => {
  await makeForm('embed-proof', { spam: { challenge: 'proof_of_work', proof_of_work_bits: 14, min_seconds: 0 } })
  const { page, complaints } = await visit()
  await render(page, 'embed-proof')
  await fill(page)
  await page.locator('.send').click()
  await page.getByText('Thank you.').waitFor()
  t.match(await onlySubmission('embed-proof'), { state: 'processed' })
  t.same(complaints, [])
})

t.test('the page hears of a submission and may keep the visitor', async (t) => {
  await makeForm('embed-event', { success_url: `${SITE}/index.html` })
  const { page } = await visit()
  await render(page, 'embed-event')
  const heard = page.evaluate(hearSubmission)
  await fill(page)
  await page.locator('.send').click()
  t.match(await heard, { form: 'embed-event', submission_id: /^sub_/, redirect_url: `${SITE}/index.html` })
  await page.getByText('Thank you.').waitFor()
  t.equal(page.url(), `${SITE}/contact.html`)

  await render(page, 'embed-event')
  await page.getByLabel('Your name').fill('Somebody Else')
  await fill(page)
  await page.getByLabel('Budget in euro').fill('12')
  await page.locator('.send').click()
  await page.waitForURL(`${SITE}/index.html`)
})

t.test('people do not see the trap, and the keyboard passes it by', async (t) => {
  const { page } = await visit()
  await page.goto(`${SITE}/contact.html`)
  const trap = page.locator('[name="_hp"]')
  await trap.waitFor({ state: 'attached' })
  const box = await trap.boundingBox()
  t.ok(box !== null && box.x + box.width < 0, 'it is outside of the page')
  t.equal(await page.evaluate(fitsScreen), true)
  await page.getByLabel('Message').focus()
  await page.keyboard.press('Tab')
  t.equal(await page.evaluate(focusedClass), 'send')
})

t.test('a website that the form does not allow gets a link to the hosted page', async (t) => {
  await makeForm('embed-others', { allowed_origins: ['https://shop.test'] })
  const { page, complaints } = await visit()
  await render(page, 'embed-others')
  t.equal(await page.getByRole('link', { name: '/f/embed-others' }).getAttribute('href'), `${SERVICE}/f/embed-others`)
  t.match(complaints.join(), `Is ${SITE} among its allowed_origins?`)
})

t.test(
  'without a place of its own it stands where the script does, and remembers nothing if the page wants that',
  async (t) => {
    const { page } = await visit()
    await page.goto(`${SITE}/quote.html`)
    await page.evaluate(addScript, { src: `${SERVICE}/embed/demo.js`, attribution: 'off' })
    await page.getByLabel('Phone').waitFor()
    t.equal(await page.evaluate(countStored), 0)
  },
)

t.test('it is the same form on a phone', async (t) => {
  await makeForm('embed-phone')
  const { page, complaints } = await visit(PHONE)
  await render(page, 'embed-phone')
  await keepPicture(page, 'embed-phone')
  t.equal(await page.evaluate(fitsScreen), true)
  t.same(complaints, [])
})
