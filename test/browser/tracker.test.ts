/** The tracker on a website of another origin, under its strict Content-Security-Policy. */
import type { BrowserContext, Page } from 'playwright-core'
import t from 'tap'
import { callApi, openBrowser } from './chromium.ts'
import { makeForm } from './forms.ts'
import {
  callTracker,
  countStored,
  hasTracker,
  hasVisitor,
  refuseTracking,
  renderAlone,
  stayOnClick,
  storedVisitor,
  walkWithoutLoading,
} from './in-page.js'
import { leadOf, openPersonsBrowser, openWebsite, waitFor } from './website.ts'

const { site: SITE } = await openWebsite(t)
/** A browser like a person's, and one that says by itself that a program drives it. */
const visit = await openPersonsBrowser(t)
const visitDriven = await openBrowser(t)

interface StoredEvent {
  name: string
  url: string
  is_bot: boolean
  bot_signs: string[]
  lead_id: string | null
  properties: Record<string, string>
}

const idOf = (page: Page) => page.evaluate(storedVisitor)

/** The events of a visitor, oldest first, once there are so many. */
async function eventsOf(visitor: string | null, count: number): Promise<StoredEvent[]> {
  for (const until = Date.now() + 10_000; ; ) {
    const { data } = (await callApi('GET', `/v1/events?visitor_id=${visitor}`)) as { data: StoredEvent[] }
    if (data.length >= count) return data.toReversed()
    if (Date.now() > until) throw new Error(`${data.length} of ${count} events: ${JSON.stringify(data)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function leaves(page: Page, context: BrowserContext, complaints: string[]): Promise<object> {
  return { complaints, cookies: await context.cookies(), stored: await page.evaluate(countStored) }
}

t.test('a visit by a campaign, a download, a form: the lead has it all on its timeline', async (t) => {
  const { page, context, complaints } = await visit()
  await page.goto(`${SITE}/index.html?utm_source=fair&email=secret@example.org`, {
    referer: 'https://search.test/q?x=1',
  })
  await page.waitForFunction(hasTracker)
  await page.evaluate(stayOnClick)
  await page.getByRole('link', { name: 'Prices as PDF' }).click()
  await page.getByRole('link', { name: 'Contact' }).click()
  await page.waitForURL(/contact/)
  await page.waitForFunction(hasTracker)
  const id = await idOf(page)
  await page.evaluate(callTracker, { name: 'track', given: ['bike_chosen', { model: 'L' }] })
  const before = await eventsOf(id, 4)
  t.match(before, [
    { name: 'page_viewed', url: `${SITE}/index.html`, is_bot: false, lead_id: null },
    { name: 'download_clicked', properties: { file: `${SITE}/prices.pdf` } },
    { name: 'page_viewed', url: `${SITE}/contact.html`, properties: { title: 'Contact – Elbtal Cargo Bikes' } },
    { name: 'bike_chosen', properties: { model: 'L' } },
  ])
  t.same(before[0]?.properties, { title: 'Elbtal Cargo Bikes', referrer: 'https://search.test/q', utm_source: 'fair' })
  await makeForm('tracked', { spam: { min_seconds: 0 } })
  await page.evaluate(renderAlone, { form: 'tracked', options: {} })
  await page.getByLabel('Your name').fill('Tracked Tina')
  await page.getByLabel('Work e-mail').fill('tina@example.org')
  await page.getByLabel('I have read the privacy notice.').check()
  await page.getByRole('button', { name: 'Request a proposal' }).click()
  await page.getByRole('status').getByText('Thank you. You will hear from us by tomorrow noon.').waitFor()
  const lead = await leadOf('tina@example.org')
  const known = await eventsOf(id, 4)
  t.ok(
    known.every(({ lead_id }) => lead_id === lead),
    'the submission carries the visitor id',
  )
  const line = await visitLine(lead)
  t.match(line, {
    subject: /^2 pages(, 1 minute)?, (index|contact)\.html$/,
    data: { pages: 2, deeds: { download_clicked: 1, bike_chosen: 1 } },
  })
  t.match(await leaves(page, context, complaints), { complaints: [], cookies: [] })
})

async function visitLine(lead: string): Promise<object> {
  return await waitFor('a visit on the timeline', async () => {
    const { data } = (await callApi('GET', `/v1/leads/${lead}/timeline`)) as { data: { type: string }[] }
    return data.find(({ type }) => type === 'website_visit')
  })
}

t.test('a browser that a program drives is told from a person', async (t) => {
  const { page } = await visitDriven()
  await page.goto(`${SITE}/index.html`)
  await page.waitForFunction(hasVisitor)
  const [event] = await eventsOf(await idOf(page), 1)
  t.match(event, { is_bot: true, bot_signs: ['automated_browser'] })
})

t.test('pages that change without loading are seen, each once', async (t) => {
  const { page, complaints } = await visit()
  await page.goto(`${SITE}/index.html`)
  await page.waitForFunction(hasVisitor)
  await page.evaluate(walkWithoutLoading, ['/bikes/long', '/bikes/long', '/bikes/long#top', '/bikes/short'])
  const events = await eventsOf(await idOf(page), 4)
  t.same(
    events.map(({ url }) => url.slice(SITE.length)),
    ['/index.html', '/bikes/long', '/bikes/short', '/bikes/long'],
  )
  t.same(complaints, [])
})

t.test('a page that goes away sends what it has', async (t) => {
  const { page } = await visit()
  await page.goto(`${SITE}/quote.html`)
  await page.waitForFunction(hasVisitor)
  const id = await idOf(page)
  await page.evaluate(callTracker, { name: 'track', given: ['left'] })
  await page.goto('about:blank')
  const events = await eventsOf(id, 2)
  t.same(events.map(({ name }) => name).sort(), ['left', 'page_viewed'])
})

t.test('a native form carries the visitor id', async (t) => {
  const { page } = await visit()
  await page.goto(`${SITE}/quote.html`)
  await page.waitForFunction(hasVisitor)
  const id = await idOf(page)
  await page.getByLabel('Your name').fill('Native Nils')
  await page.getByLabel('E-mail').fill('nils@example.org')
  await page.getByRole('button').click()
  await page.getByText('Thank you. We will be in touch today.').waitFor()
  const lead = await leadOf('nils@example.org')
  const { lead_id } = await callApi('GET', `/v1/visitors/${id}`)
  t.equal(lead_id, lead)
})

t.test('a token identifies', async (t) => {
  const { page } = await visit()
  const lead = await callApi('POST', '/v1/leads', { full_name: 'Signed In' })
  const { identity } = await callApi('POST', `/v1/leads/${lead['id']}/visitor-tokens`, {})
  await page.goto(`${SITE}/index.html`)
  await page.waitForFunction(hasVisitor)
  await page.evaluate(callTracker, { name: 'identify', given: [identity] })
  const id = await idOf(page)
  const found = await waitFor('recognition by a token', async () => {
    const { data } = (await callApi('GET', `/v1/visitors?lead_id=${lead['id']}`)) as { data: { visitor_id: string }[] }
    return data[0]
  })
  t.match(found, { visitor_id: id, identified_by: 'token' })
})

t.test('a visitor who says no, by the browser or on the page, is not followed', async (t) => {
  const requests: string[] = []
  for (const sign of ['globalPrivacyControl', 'doNotTrack']) {
    const { page, complaints } = await visit()
    page.on('request', (request) => requests.push(request.url()))
    await page.addInitScript(refuseTracking, sign)
    await page.goto(`${SITE}/index.html`)
    await page.waitForFunction(hasTracker)
    await page.evaluate(callTracker, { name: 'track', given: ['x'] })
    await page.goto('about:blank')
    t.same(complaints, [])
  }
  t.same(
    requests.filter((url) => url.includes('/public/events')),
    [],
  )

  const { page, context, complaints } = await visit()
  await page.goto(`${SITE}/index.html`)
  await page.waitForFunction(hasVisitor)
  await page.evaluate(callTracker, { name: 'consent', given: [false] })
  t.equal(await idOf(page), null)
  await page.reload()
  await page.waitForFunction(hasTracker)
  t.equal(await idOf(page), null, 'the answer is remembered')
  t.match(await leaves(page, context, complaints), { complaints: [], cookies: [] })
})
