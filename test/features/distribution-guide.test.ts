// docs/guide-distribution.md is run as it stands there: two teams, territories, an absence, a broken promise, and why.
import t from 'tap'
import { followGuide } from '../helpers/guides.ts'

t.test('the walk-through works as written and prints what it says', async (t) => {
  await followGuide(t, 'guide-distribution')
})
