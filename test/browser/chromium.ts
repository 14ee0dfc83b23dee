/** A browser for a test file, and the service and website that scripts/test-browser.mjs started for it. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

const required = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run this by \`npm run test:browser\`.`)
  return value
}

/** Address of the service, and of a website on another origin. */
export const SERVICE = required('SERVICE_URL')
export const SITE = required('SITE_URL')

// Nothing but the pages under test may use the network.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Visit {
  page: Page
  context: BrowserContext
  /** Everything that the browser complained about: console errors and warnings, uncaught exceptions. */
  complaints: string[]
}

export type Visitor = (options?: BrowserContextOptions) => Promise<Visit>

/** One browser; each visit is a fresh profile. `args` are further arguments of the program. */
export async function openBrowser(t: Test, args: string[] = []): Promise<Visitor> {
  // A browser needs about two seconds for a visit where other programs use the cores too.
  t.setTimeout(300_000)
  const browser = await chromium.launch({
    executablePath: required('CHROMIUM'),
    headless: true,
    args: [...QUIET, ...args],
  })
  t.teardown(() => browser.close())
  return async (options = {}) => {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const complaints: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    return { page, context, complaints }
  }
}

/** Keeps a picture for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = required('SCREENSHOTS')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true })
}

/** A call with the secret key; the parsed body of a success, else an error with the answer. */
export async function callApi(method: string, url: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(SERVICE + url, {
    method,
    headers: { authorization: `Bearer ${required('SERVICE_KEY')}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`)
  return JSON.parse(text) as Record<string, unknown>
}

export interface StoredSubmission {
  id: string
  state: string
  fields: Record<string, unknown>
  files: { file_name: string; size_bytes: number }[]
  origin: Record<string, unknown>
}

/** Submissions of a form, newest first. */
export async function submissionsOf(formKey: string): Promise<StoredSubmission[]> {
  const { data } = await callApi('GET', `/v1/form-submissions?form_key=${formKey}`)
  return data as StoredSubmission[]
}
