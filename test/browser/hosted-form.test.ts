/** The hosted page in a real browser: without scripts, on a phone, in the dark, and by the keyboard. */
import t from 'tap'
import { keepPicture, openBrowser, SERVICE, submissionsOf } from './chromium.ts'
import { makeForm, onlySubmission } from './forms.ts'
import { fitsScreen, isFocused } from './in-page.js'

const visit = await openBrowser(t)
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }

t.test('without scripts: faults are told in the language of the page, then the form is sent', async (t) => {
  await makeForm('page-plain')
  const { page, context, complaints } = await visit({ ...PHONE, javaScriptEnabled: false, locale: 'de-AT' })
  await page.goto(`${SERVICE}/f/page-plain?utm_source=flyer`)
  await keepPicture(page, 'page-phone')
  await page.getByLabel('Ihr Name').fill('Ada Lovelace')
  await page.getByLabel('E-Mail (geschäftlich)').fill('nein')
  await page.getByLabel('A CRM').check()
  await page.getByRole('button', { name: 'Angebot anfordern' }).click()
  await page.getByRole('alert').getByText('Bitte prüfen Sie Ihre Angaben').waitFor()
  await keepPicture(page, 'page-phone-faults')
  t.equal(await page.getByLabel('Ihr Name').inputValue(), 'Ada Lovelace')
  t.equal(await page.getByLabel('A CRM').isChecked(), true)
  await page.getByLabel('E-Mail (geschäftlich)').fill('ada@example.org')
  await page.getByLabel('Ich habe die Hinweise zum Datenschutz gelesen.').check()
  const brief = { name: 'brief.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 brief') }
  await page.getByLabel('Brief').setInputFiles(brief)
  await page.locator('.send').click()
  await page.getByText('Vielen Dank. Sie hören bis morgen Mittag von uns.').waitFor()
  await keepPicture(page, 'page-phone-thanks')
  t.match(await onlySubmission('page-plain'), {
    fields: { tools: 'crm' },
    files: [{ file_name: 'brief.pdf' }],
    origin: { attribution: { utm_source: 'flyer' }, language: 'de', page_url: /utm_source=flyer/ },
  })
  t.same(await context.cookies(), [])
  t.equal(complaints.length, 1, 'browsers report the 400 of the first try')
})

t.test('the page is calm: nothing blocked, nothing missing, no cookie', async (t) => {
  await makeForm('page-calm')
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, context, complaints } = await visit({ colorScheme, viewport: { width: 1100, height: 800 } })
    await page.goto(`${SERVICE}/f/page-calm`)
    await keepPicture(page, `page-${colorScheme}`)
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('Work e-mail').fill(`${colorScheme}@example.org`)
    await page.getByLabel('I have read the privacy notice.').check()
    await page.locator('.send').click()
    await page.getByText('Thank you. You will hear from us by tomorrow noon.').waitFor()
    await keepPicture(page, `page-${colorScheme}-thanks`)
    t.same(complaints, [])
    t.same(await context.cookies(), [])
  }
  t.equal((await submissionsOf('page-calm')).length, 2)
})

t.test('the summary of faults has the focus and leads to the field', async (t) => {
  const { page } = await visit()
  await page.goto(`${SERVICE}/f/demo`)
  await page.locator('.send').click()
  const alert = page.getByRole('alert')
  await alert.waitFor()
  t.equal(await alert.evaluate(isFocused), true)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.keyboard.type('ada@example.org')
  t.equal(await page.getByLabel('E-mail').inputValue(), 'ada@example.org', 'the second link leads to the second field')
})

t.test('a proof of work is solved on the page', async (t) => {
  await makeForm('page-proof', { spam: { challenge: 'proof_of_work', proof_of_work_bits: 14, min_seconds: 0 } })
  const { page, complaints } = await visit()
  await page.goto(`${SERVICE}/f/page-proof`)
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('Work e-mail').fill('ada@example.org')
  await page.getByLabel('I have read the privacy notice.').check()
  await page.locator('.send').click()
  await page.getByText('Thank you.').waitFor()
  t.match(await onlySubmission('page-proof'), { state: 'processed' })
  t.same(complaints, [])
})

t.test('owners give the page their colours', async (t) => {
  await makeForm('page-theme', {
    theme: { '--lw-accent': '#8a2b06', '--lw-page': '#fbf1e6', '--lw-radius': '0px', '--lw-font': 'Georgia, serif' },
  })
  const { page, complaints } = await visit()
  await page.goto(`${SERVICE}/f/page-theme`)
  await keepPicture(page, 'page-theme')
  t.same(complaints, [])
})

t.test('long words and small screens do not break the page', async (t) => {
  await makeForm('page-narrow', { title: 'Donaudampfschifffahrtsgesellschaftskapitänsanfrageformular' })
  const { page } = await visit({ ...PHONE, viewport: { width: 320, height: 568 } })
  await page.goto(`${SERVICE}/f/page-narrow`)
  await keepPicture(page, 'page-narrow')
  t.equal(await page.evaluate(fitsScreen), true)
})
