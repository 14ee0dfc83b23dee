// What the tracker makes of what pages hand to it: one event that the service refuses would take its neighbours along.
import t from 'tap'
import { ageOf, fit, fitName } from '../../src/features/behaviour/pages/browser/queue.js'
import { testService } from '../helpers/service.ts'

const SMILE = '\u{1f600}'
const HALF = SMILE.slice(0, 1)

t.test('whatever a page hands over, the service takes it', async (t) => {
  const service = await testService(t)
  const key = await service.makeKey('publishable')
  const given: [unknown, unknown, number][] = [
    ['plain', { title: SMILE }, 0],
    [`a${HALF}\0\u0007${'é'.repeat(200)}`, { title: `cut ${HALF}`, deep: [{ [`${SMILE}`]: `${HALF}\0x` }] }, -5_000],
    [`${'a'.repeat(99)}${SMILE}`, { [`${HALF}name`]: 'x', none: undefined, many: Number.NaN }, 30 * 86_400_000],
    [42, Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`p${i}`, i])), 1.5],
  ]
  const events = given.map(([name, properties, age], i) => ({
    name: fitName(name),
    event_id: `e${i}`,
    properties: fit(properties),
    age_ms: ageOf(1_000_000 - age, 1_000_000),
  }))
  const answer = await service.app.inject({
    method: 'POST',
    url: `/v1/public/events?publishable_key=${key}`,
    headers: { 'content-type': 'text/plain', 'user-agent': 'Mozilla/5.0 Firefox/140.0' },
    payload: JSON.stringify({ visitor_id: 'visitor-of-a-script', events }),
  })
  t.match(answer.json(), { accepted: 4 })
  const { data } = (await service.call('GET', '/v1/events?visitor_id=visitor-of-a-script')).json()
  t.match(data.find(({ name }: { name: string }) => name === 'plain').properties, { title: SMILE })
  t.ok(data.some(({ properties }: { properties: { title?: string } }) => properties.title === 'cut '))
})

t.test('what cannot be told is left out', async (t) => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  for (const value of [circle, 'text', null, [1], { long: 'x'.repeat(9_000) }]) t.equal(fit(value), undefined)
  for (const name of ['', null, undefined, HALF, '\0\u0001']) t.equal(fitName(name), '')
})
