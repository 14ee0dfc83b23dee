/** Objects of sequences behind the ids that the examples of the document show. */
import type { Call, Make } from './openapi-world.ts'

const WELCOME = {
  name: 'Welcome',
  steps: [
    { key: 'hello', kind: 'email', next: 'rest', email: { template_key: 'welcome' } },
    { key: 'rest', kind: 'wait', next: 'tagged', wait: { kind: 'duration', seconds: 86_400 } },
    { key: 'tagged', kind: 'tag', tag: { add: ['welcomed'] } },
  ],
}

/** Gives a new workspace the sequence that examples name: published, with a draft of what comes next. */
export async function addSequence(call: Call): Promise<void> {
  const url = '/v1/sequences/welcome-trial'
  await call('PUT', url, WELCOME)
  const published = await call('POST', `${url}/publish`)
  await call('PUT', url, { ...WELCOME, name: 'Welcome again' }, { 'if-match': String(published.headers['etag']) })
}

export const SEQUENCE_MAKERS: Record<string, Make> = {
  enr: async (call, count) => {
    // It may have been retired meanwhile.
    await addSequence(call)
    const { id } = (await call('POST', '/v1/leads', { full_name: `Nurtured ${count}` })).json()
    const enrolled = await call('POST', '/v1/enrollments', { sequence_key: 'welcome-trial', lead_ids: [id] })
    return enrolled.json().results[0].id
  },
}
