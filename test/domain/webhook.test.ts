import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { judgeAnswer, readRetryAfter } from '../../src/domain/webhook/delivery.ts'
import { foldChanges, isFoldable } from '../../src/domain/webhook/fold-changes.ts'
import { delayAfter, JITTER, LONGEST_RETRY_AFTER, TRY_DELAYS } from '../../src/domain/webhook/retry-schedule.ts'
import {
  createSendingLanes,
  FIRST_WINDOW,
  MAX_CALLS,
  MAX_FAILING_CALLS,
  MAX_WINDOW,
} from '../../src/domain/webhook/sending-lanes.ts'
import { formatWebhookSecret, SECRET_BYTES, signWebhook } from '../../src/domain/webhook/signature.ts'

const now = new Date('2026-11-22T05:28:00.000Z')

t.test('2xx is success, 410 says never again, everything else is tried again', async (t) => {
  for (const status of [200, 202, 204, 299]) t.same(judgeAnswer(status, undefined, now), { outcome: 'delivered' })
  t.same(judgeAnswer(410, undefined, now), { outcome: 'gone' })
  for (const status of [null, 100, 199, 300, 301, 304, 400, 401, 404, 429, 500, 503, 599])
    t.same(judgeAnswer(status, undefined, now), { outcome: 'retry', retryAfter: null })
  t.same(judgeAnswer(503, '7', now), { outcome: 'retry', retryAfter: 7 })
})

t.test('Retry-After is a number of seconds or a date', async (t) => {
  t.equal(readRetryAfter('120', now), 120)
  t.equal(readRetryAfter('Sun, 22 Nov 2026 05:30:00 GMT', now), 120)
  t.equal(readRetryAfter('Sun, 22 Nov 2020 05:30:00 GMT', now), 0)
  for (const text of ['', '-1', '1.5', 'soon', '1e3', 'NaN', '2026-11-22', '99999999999999999999', 'Sun'])
    t.equal(readRetryAfter(text, now), null, text)
})

t.test('the schedule is kept within a tenth, a receiver is never hurried, and it ends', async (t) => {
  const tries = fc.integer({ min: 1, max: 30 })
  const asked = fc.option(fc.integer({ min: 0, max: 1_000_000_000 }))
  fc.assert(
    fc.property(tries, asked, fc.double({ min: 0, max: 1, noNaN: true }), (count, retryAfter, chance) => {
      const delay = delayAfter(count, retryAfter, chance)
      const scheduled = TRY_DELAYS[count]
      if (scheduled === undefined) return delay === null
      const wanted = Math.max(scheduled * (1 - JITTER), Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER))
      const most = Math.max(scheduled, Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER)) * (1 + JITTER)
      return delay !== null && delay >= wanted - 1e-6 && delay <= most + 1e-6
    }),
  )
  t.equal(TRY_DELAYS.length, 10)
  const days = TRY_DELAYS.reduce((sum: number, delay) => sum + delay, 0) / 86_400
  t.ok(days > 3 && days < 3.3, `three days (${days})`)
})

t.test('every signature is good for the package that receivers use, and for nothing that was altered', async () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 200 })
  fc.assert(
    fc.property(fc.uint8Array({ minLength: SECRET_BYTES, maxLength: SECRET_BYTES }), texts, (bytes, text) => {
      const secret = formatWebhookSecret(bytes)
      const other = formatWebhookSecret(bytes.map((byte) => byte ^ 1))
      const body = JSON.stringify({ text })
      const headers = signWebhook([other, secret], { id: 'chg_1', at: new Date(), body })
      for (const one of [secret, other]) new Webhook(one).verify(body, headers)
      for (const bad of [`${body} `, body.replace('{', '{ ')]) {
        try {
          new Webhook(secret).verify(bad, headers)
          return false
        } catch {}
      }
      return true
    }),
    { numRuns: 200 },
  )
})

t.test('updates that fold show all fields that changed and the values from before the first', async (t) => {
  const change = (sequence: number, fields: Record<string, [unknown, unknown]>) => ({
    sequence,
    data: {
      lead: Object.fromEntries(Object.entries(fields).map(([name, [, after]]) => [name, after])),
      changed_fields: Object.keys(fields),
      previous: Object.fromEntries(Object.entries(fields).map(([name, [before]]) => [name, before])),
    },
  })
  const [first, second] = [
    change(1, { city: ['London', 'Paris'] }),
    change(2, { city: ['Paris', 'Rome'], phone: [null, '1'] }),
  ]
  t.same(foldChanges([first, second]), {
    sequence: 2,
    data: { lead: second.data.lead, changed_fields: ['city', 'phone'], previous: { city: 'London', phone: null } },
  })
  t.equal(foldChanges([first]), first)
  t.equal(foldChanges([]), undefined)
  t.ok(isFoldable('lead.updated') && isFoldable('account.updated'))
  for (const type of ['lead.created', 'lead.assigned', 'lead.stage_changed', 'lead.archived']) t.notOk(isFoldable(type))
})

t.test('an endpoint that hangs holds one call, one that answers gets more', async (t) => {
  const lanes = createSendingLanes()
  const slotsOf = (id: string) => {
    const { endpointIds, slots } = lanes.free()
    return slots[endpointIds.indexOf(id)] ?? FIRST_WINDOW
  }
  for (let window = FIRST_WINDOW; window <= 64; window *= 2) {
    const expected = Math.min(window, MAX_WINDOW)
    t.equal(slotsOf('good'), expected)
    lanes.open('good')
    t.equal(slotsOf('good'), expected - 1)
    lanes.close('good', true)
  }
  lanes.open('bad')
  lanes.close('bad', false)
  t.equal(slotsOf('bad'), 1)
  lanes.open('bad')
  t.equal(slotsOf('bad'), 0)
  t.equal(lanes.close('bad', true), true, 'somebody may have waited for this call')
  lanes.open('bad')
  t.equal(lanes.close('bad', true), false)
})

t.test('however many endpoints fail, calls are left for the others', async (t) => {
  const lanes = createSendingLanes()
  for (let i = 0; i < 1_000; i++) {
    lanes.open(`bad-${i}`)
    lanes.close(`bad-${i}`, false)
  }
  const { endpointIds, slots, total } = lanes.free()
  t.equal(total, MAX_CALLS)
  t.equal(
    slots.reduce((sum, count) => sum + count, 0),
    MAX_FAILING_CALLS,
  )
  for (const [i, id] of endpointIds.entries()) for (let n = 0; n < (slots[i] ?? 0); n++) lanes.open(id)
  t.equal(lanes.free().total, MAX_CALLS - MAX_FAILING_CALLS)
  t.ok(lanes.free().slots.every((count) => count === 0))
})

t.test('the books of the lanes balance whatever happens', async () => {
  const step = fc.record({ id: fc.integer({ min: 0, max: 5 }).map(String), ok: fc.option(fc.boolean()) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const lanes = createSendingLanes()
      const open = new Map<string, number>()
      for (const { id, ok } of steps) {
        const count = open.get(id) ?? 0
        if (ok === null) {
          lanes.open(id)
          open.set(id, count + 1)
        } else if (count > 0) {
          lanes.close(id, ok)
          open.set(id, count - 1)
        }
      }
      const total = [...open.values()].reduce((sum, count) => sum + count, 0)
      return (
        lanes.free().total === MAX_CALLS - total &&
        lanes.free().slots.every((count) => count >= 0 && count <= MAX_WINDOW)
      )
    }),
  )
})
