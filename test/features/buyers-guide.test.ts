// docs/guide-buyers.md is run as it stands there, with the buyers that it brings along.
import t from 'tap'
import { followGuide } from '../helpers/guides.ts'

t.test('leads are sold, passed on and given back as the guide says', async (t) => {
  await followGuide(t, 'guide-buyers', { OUTBOUND_TRUSTED_HOSTS: '127.0.0.1:3299' })
})
