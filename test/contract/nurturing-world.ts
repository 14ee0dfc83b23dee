/** Objects of mail behind the ids that the examples of the document show. */
import type { Call } from './openapi-world.ts'

type Make = (call: Call, count: number) => Promise<string>

const WELCOME = {
  name: 'Welcome',
  texts: [{ locale: 'en', subject: 'Welcome', html: '<p>Hello {{ lead.first_name }}</p>' }],
}

/** Gives a new workspace the template and the sender that examples name. */
export async function addTemplate(call: Call): Promise<void> {
  await call('PUT', '/v1/templates/welcome', WELCOME)
  await call('PUT', '/v1/settings/senders/news', { name: 'News', email: 'news@example.org' })
}

/** Prefix of an id -> how an object with such an id comes to be. */
export const NURTURING_MAKERS: Record<string, Make> = {
  msg: async (call, count) => {
    const to = { email: `reader-${count}@example.org` }
    return (await call('POST', '/v1/messages', { to, content: { subject: 'Hello', text: 'Hello' } })).json().id
  },
  supp: async (call, count) =>
    (await call('POST', '/v1/suppressions', { value: `gone-${count}@example.org` })).json().id,
  conf: async (call, count) => {
    const lead = (await call('POST', '/v1/leads', { email: `waits-${count}@example.org` })).json().id
    const wish = { purpose: 'marketing', wording: 'Yes, send me news by e-mail.' }
    return (await call('POST', `/v1/leads/${lead}/confirmations`, wish)).json().id
  },
}
