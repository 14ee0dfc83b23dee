// docs/guide-judging.md is run as it stands there, against a real service, and prints what it says it prints.
import t from 'tap'
import { followGuide } from '../helpers/guides.ts'

t.test('three people: one A1 lead for sales, one who stays a lead, and one who is turned away', async (t) => {
  await followGuide(t, 'guide-judging')
})
