// docs/guide-enrichment.md is run as it stands there, with the provider that it brings along.
import t from 'tap'
import { followGuide } from '../helpers/guides.ts'

t.test('leads are enriched, by themselves and by a provider, for as much money as there is', async (t) => {
  await followGuide(t, 'guide-enrichment', { OUTBOUND_TRUSTED_HOSTS: '127.0.0.1:3298' })
})
