import fc from 'fast-check'
import t from 'tap'
import { difference, wilson } from '../../src/domain/sequence/wilson.ts'

t.test('the intervals are those of the papers', async (t) => {
  // Newcombe 1998, table II, case (a): 56/70 - 48/80 = 0.2, interval 0.0524 to 0.3339.
  const lift = difference(wilson(56, 70), wilson(48, 80))
  t.same(
    [lift.rate, lift.low, lift.high].map((value) => value?.toFixed(4)),
    ['0.2000', '0.0524', '0.3339'],
  )
  t.same(wilson(0, 0), { n: 0, rate: null, low: null, high: null })
  t.same(difference(wilson(0, 0), wilson(1, 2)), { rate: null, low: null, high: null })
})

t.test('a share lies inside its interval, whatever the group', async (t) => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => {
      const [hits, n] = a < b ? [a, b] : [b, a]
      const { rate, low, high } = wilson(hits, n)
      if (n === 0) return rate === null
      return rate !== null && low !== null && high !== null && 0 <= low && low <= rate && rate <= high && high <= 1
    }),
  )
  t.pass()
})
