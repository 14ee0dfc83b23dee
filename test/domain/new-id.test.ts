// Ids are UUIDv7: of the moment, in order, and never twice.
import t from 'tap'
import { newId } from '../../src/domain/new-id.ts'

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

t.test('every id is a UUIDv7, behind the one before', async (t) => {
  const ids = Array.from({ length: 50_000 }, newId)
  t.same(
    ids.filter((id) => !V7.test(id)),
    [],
  )
  t.same(ids, ids.toSorted(), 'in the order in which they were made')
  t.equal(new Set(ids).size, ids.length)
})

t.test('an id tells the moment at which it was made', async (t) => {
  const before = Date.now()
  const at = Number.parseInt(newId().replace('-', '').slice(0, 12), 16)
  // Ids of one millisecond count on into the next when there are more than it has room for.
  t.ok(at >= before && at <= Date.now() + 1000, String(at - before))
})

t.test('the random part is drawn anew for each, beyond what is drawn at once', async (t) => {
  const tails = new Set(Array.from({ length: 5_000 }, () => newId().slice(-8)))
  t.ok(tails.size > 4_990, `${tails.size} of 5000`)
})
