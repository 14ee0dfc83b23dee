// The walk-throughs of nurturing and tracking are run as they stand in docs/: a visitor browses, submits, gets a sequence,
// clicks, is promoted and leaves it; two people use one browser, and a machine is found out.
import t from 'tap'
import { followGuide } from '../helpers/guides.ts'

for (const name of ['guide-nurturing', 'guide-tracking']) {
  t.test(`${name} works as written and prints what it says`, async (t) => {
    await followGuide(t, name, { DATA_DIR: t.testdir() })
  })
}
