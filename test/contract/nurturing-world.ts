/** Objects of mail behind the ids that the examples of the document show. */
import type { Call } from './openapi-world.ts'

const WELCOME = {
  name: 'Welcome',
  texts: [{ locale: 'en', subject: 'Welcome', html: '<p>Hello {{ lead.first_name }}</p>' }],
}

/** Gives a new workspace the template that examples name. */
export async function addTemplate(call: Call): Promise<void> {
  await call('PUT', '/v1/templates/welcome', WELCOME)
}
