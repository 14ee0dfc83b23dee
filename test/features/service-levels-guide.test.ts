// docs/guide-service-levels.md is run as it stands there: a promise that is kept, one that stands still, one that is broken.
import t from 'tap'
import { followGuide } from '../helpers/guides.ts'

t.test('promises are kept, paused and broken as the guide says', async (t) => {
  await followGuide(t, 'guide-service-levels')
})
