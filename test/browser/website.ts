/** The example website with its tracker on, and the browser of a person who visits it. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Test } from 'tap'
import { callApi, openBrowser, SERVICE, type Visitor } from './chromium.ts'

type ServeWebsite = (options: { port: number; leadwell: string; key: string }) => Promise<Server>
// Plain JavaScript outside the compiled folders.
const { serveWebsite } = (await import(path.join(process.cwd(), 'examples/website/serve.mjs'))) as {
  serveWebsite: ServeWebsite
}

/** Serves the website with a publishable key of its own; returns its address and the key. */
export async function openWebsite(t: Test): Promise<{ site: string; key: string }> {
  const { secret } = await callApi('POST', '/v1/api-keys', { name: 'Website', kind: 'publishable' })
  const key = String(secret)
  const server = await serveWebsite({ port: 0, leadwell: SERVICE, key })
  t.teardown(() => server.close())
  return { site: `http://localhost:${(server.address() as AddressInfo).port}`, key }
}

const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

/** A browser like a person's: it does not say by itself that a program drives it. */
export async function openPersonsBrowser(t: Test): Promise<Visitor> {
  return await openBrowser(t, [`--user-agent=${PERSON}`, '--disable-blink-features=AutomationControlled'])
}

/** The first result that is not undefined; throws when there is none within 15 s. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + 15_000; ; ) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > until) throw new Error(`it did not happen: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The lead with an address, once there is one. */
export async function leadOf(email: string): Promise<string> {
  return await waitFor(`a lead ${email}`, async () => {
    const { data } = (await callApi('GET', `/v1/leads?email=${email}`)) as { data: { id: string }[] }
    return data[0]?.id
  })
}
