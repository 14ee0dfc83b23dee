import fc from 'fast-check'
import t from 'tap'
import {
  addBusinessSeconds,
  findNextOpening,
  isOpenAt,
  measureBusinessSeconds,
  openIntervals,
} from '../../src/domain/calendar/business-time.ts'
import {
  ALWAYS_OPEN,
  type Calendar,
  compileCalendar,
  WEEKDAYS,
  type Weekday,
} from '../../src/domain/calendar/calendar.ts'
import { calendarFaults } from '../../src/domain/calendar/calendar-faults.ts'
import { offsetAt, startOfDay } from '../../src/domain/calendar/zone-offsets.ts'

const WORKDAYS = WEEKDAYS.slice(0, 5)
const berlin: Calendar = {
  time_zone: 'Europe/Berlin',
  windows: [
    { weekdays: [...WORKDAYS], from: '09:00', to: '12:30' },
    { weekdays: [...WORKDAYS], from: '13:30', to: '17:00' },
  ],
  holidays: [],
  absences: [],
}
const at = Date.parse
const iso = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString())

t.test('a lead of Saturday afternoon with an hour to go is due on Monday at ten', async (t) => {
  const calendar = compileCalendar(berlin)
  t.equal(iso(addBusinessSeconds(calendar, at('2026-11-21T14:00:00Z'), 3600)), '2026-11-23T09:00:00.000Z')
})

t.test('business time passes over the lunch break, the evening and the holiday', async (t) => {
  const calendar = compileCalendar({ ...berlin, holidays: ['2026-12-25'] })
  const thursdayNoon = at('2026-12-24T11:00:00Z')
  t.equal(iso(addBusinessSeconds(calendar, thursdayNoon, 4 * 3600)), '2026-12-24T16:00:00.000Z', 'the end of a block')
  t.equal(iso(addBusinessSeconds(calendar, thursdayNoon, 4 * 3600 + 1)), '2026-12-28T08:00:01.000Z')
  t.equal(measureBusinessSeconds(calendar, thursdayNoon, at('2026-12-28T09:00:00Z')), 5 * 3600)
  t.equal(measureBusinessSeconds(calendar, at('2026-12-28T09:00:00Z'), thursdayNoon), 0, 'never negative')
})

t.test('an absence closes what it covers, to the millisecond', async (t) => {
  const absences = [{ from_at: '2026-11-23T08:30:00.500Z', until_at: '2026-11-24T08:00:00.000Z' }]
  const calendar = compileCalendar({ ...berlin, absences })
  t.equal(measureBusinessSeconds(calendar, at('2026-11-23T00:00:00Z'), at('2026-11-24T00:00:00Z')), 1800.5)
  t.equal(isOpenAt(calendar, at('2026-11-23T08:30:00.499Z')), true)
  t.equal(isOpenAt(calendar, at('2026-11-23T08:30:00.500Z')), false)
  t.equal(iso(findNextOpening(calendar, at('2026-11-23T12:00:00Z'))), '2026-11-24T08:00:00.000Z')
})

t.test('an hour that the clock skips is not worked, one that it shows twice is worked twice', async (t) => {
  const night = { weekdays: ['saturday' as const], from: '22:00', to: '06:00' }
  const calendar = compileCalendar({ ...berlin, windows: [night] })
  t.equal(measureBusinessSeconds(calendar, at('2026-03-28T00:00:00Z'), at('2026-03-30T00:00:00Z')), 7 * 3600)
  t.equal(measureBusinessSeconds(calendar, at('2026-10-24T00:00:00Z'), at('2026-10-26T00:00:00Z')), 9 * 3600)
  const half = compileCalendar({ ...berlin, windows: [{ weekdays: ['sunday'], from: '02:15', to: '02:45' }] })
  t.same(openIntervals(half, at('2026-10-25T00:00:00Z'), at('2026-10-26T00:00:00Z')), [
    { start: at('2026-10-25T00:15:00Z'), end: at('2026-10-25T00:45:00Z') },
    { start: at('2026-10-25T01:15:00Z'), end: at('2026-10-25T01:45:00Z') },
  ])
  t.same(openIntervals(half, at('2026-03-29T00:00:00Z'), at('2026-03-30T00:00:00Z')), [])
})

t.test('a calendar without hours never opens, and one of an absence without end neither', async (t) => {
  const closed = compileCalendar({ ...berlin, windows: [] })
  t.equal(findNextOpening(closed, 0), null)
  t.equal(addBusinessSeconds(closed, 0, 1), null)
  t.equal(addBusinessSeconds(closed, 0, 0), 0, 'no time needs no opening')
  const away = compileCalendar({
    ...berlin,
    absences: [{ from_at: '1970-01-01T00:00:00Z', until_at: '9000-01-01T00:00:00Z' }],
  })
  t.equal(findNextOpening(away, at('2026-01-01T00:00:00Z')), null)
})

t.test('the calendar that is always open measures plain time', async (t) => {
  const [from, to] = [at('2026-01-01T00:00:00.123Z'), at('2027-06-01T00:00:00Z')]
  t.equal(measureBusinessSeconds(ALWAYS_OPEN, from, to), (to - from) / 1000)
  t.equal(addBusinessSeconds(ALWAYS_OPEN, from, 86_400 * 300), from + 86_400_000 * 300)
})

t.test('offsets are those of the zone to the second before and after a change', async (t) => {
  t.equal(offsetAt('Asia/Kathmandu', at('2026-06-01T00:00:00Z')), 20_700_000)
  t.equal(offsetAt('Europe/Berlin', at('2026-03-29T00:59:59.999Z')), 3_600_000)
  t.equal(offsetAt('Europe/Berlin', at('2026-03-29T01:00:00Z')), 7_200_000)
  t.equal(offsetAt('Pacific/Apia', at('2011-12-30T09:59:59Z')), -36_000_000)
  t.equal(offsetAt('Pacific/Apia', at('2011-12-30T10:00:00Z')), 50_400_000)
  t.equal(offsetAt('Europe/Berlin', at('2026-12-31T23:59:59.999Z')), 3_600_000, 'the last moment of a year')
})

t.test('each fault of a calendar is named where it is', async (t) => {
  const faults = calendarFaults({
    time_zone: '+02:00',
    windows: [
      { weekdays: [], from: '9:00', to: '24:01' },
      { weekdays: ['someday' as Weekday], from: '09:00', to: '09:00' },
    ],
    holidays: ['2026-02-29'],
    absences: [{ from_at: '2026-01-02T00:00:00Z', until_at: '2026-01-01T00:00:00Z' }],
  })
  t.same(
    faults.map(({ pointer, code }) => [pointer, code]),
    [
      ['/time_zone', 'unknown_time_zone'],
      ['/windows/0/weekdays', 'unknown_weekday'],
      ['/windows/0/from', 'invalid_time'],
      ['/windows/0/to', 'invalid_time'],
      ['/windows/1/weekdays', 'unknown_weekday'],
      ['/windows/1/to', 'invalid_range'],
      ['/holidays/0', 'invalid_date'],
      ['/absences/0/until_at', 'invalid_range'],
    ],
  )
  t.same(calendarFaults(berlin), [])
})

// The oracle walks along the clock minute by minute and asks Intl what the wall shows. Minutes are enough where every
// part is one of whole minutes: hours, absences, the moments asked about, and all offsets of these nights.
const MINUTE = 60_000
const LENGTH = 3 * 1440

/** Zones with a moment near which the clock behaves in its own way. */
const NIGHTS: [string, string][] = [
  ['UTC', '2026-05-01'],
  ['Europe/Berlin', '2026-03-28'],
  ['Europe/Berlin', '2026-10-24'],
  ['Europe/Berlin', '2025-12-30'],
  ['Europe/Dublin', '2026-10-24'],
  ['Europe/London', '1971-10-30'],
  ['Europe/Istanbul', '2016-09-06'],
  ['Europe/Moscow', '2014-10-25'],
  ['America/New_York', '2026-03-07'],
  ['America/New_York', '2026-10-31'],
  ['America/St_Johns', '2006-04-01'],
  ['America/Havana', '2026-03-07'],
  ['America/Caracas', '2016-04-30'],
  ['America/Sao_Paulo', '2018-11-03'],
  ['America/Sao_Paulo', '2019-02-16'],
  ['America/Recife', '2000-10-07'],
  ['America/Recife', '2000-10-14'],
  ['America/Santiago', '2026-04-04'],
  ['America/Asuncion', '2023-10-01'],
  ['Asia/Kathmandu', '2026-01-01'],
  ['Asia/Kathmandu', '1985-12-31'],
  ['Asia/Kolkata', '2026-07-01'],
  ['Asia/Beirut', '2026-03-28'],
  ['Asia/Gaza', '2026-03-27'],
  ['Asia/Pyongyang', '2018-05-04'],
  ['Asia/Tehran', '2022-03-21'],
  ['Africa/Cairo', '2026-04-23'],
  ['Africa/Casablanca', '2026-02-14'],
  ['Africa/Casablanca', '2026-03-21'],
  ['Africa/El_Aaiun', '1976-04-30'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['Australia/Adelaide', '2026-10-03'],
  ['Pacific/Apia', '2011-12-29'],
  ['Pacific/Apia', '2011-04-02'],
  ['Pacific/Chatham', '2026-04-04'],
  ['Pacific/Kwajalein', '1993-08-20'],
  ['Pacific/Kiritimati', '1994-12-30'],
  ['Antarctica/Troll', '2026-03-28'],
  ['Antarctica/Troll', '2026-10-24'],
]

interface Reading {
  weekday: number
  date: string
  minute: number
}

const readingsOf = new Map<string, Reading[]>()

function readWall(zone: string, date: string): Reading[] {
  const key = `${zone} ${date}`
  const known = readingsOf.get(key)
  if (known !== undefined) return known
  const wall = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const readings = Array.from({ length: LENGTH }, (_, i): Reading => {
    const parts = Object.fromEntries(
      wall.formatToParts(at(`${date}T00:00:00Z`) + i * MINUTE).map(({ type, value }) => [type, value]),
    )
    return {
      weekday: WEEKDAYS.indexOf((parts['weekday'] ?? '').toLowerCase() as Weekday),
      date: `${parts['year']}-${parts['month']}-${parts['day']}`,
      minute: Number(parts['hour']) * 60 + Number(parts['minute']),
    }
  })
  readingsOf.set(key, readings)
  return readings
}

/** For each minute of the time, whether it is worked. */
function askOracle(calendar: Calendar, date: string): boolean[] {
  const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  const start = at(`${date}T00:00:00Z`)
  const away = calendar.absences.map(({ from_at, until_at }) => [at(from_at), at(until_at)] as const)
  const blocks = calendar.windows.map(({ weekdays, from, to }) => {
    const on = WEEKDAYS.map((day) => weekdays.includes(day))
    return { on, begins: minutesOf(from), ends: minutesOf(to) }
  })
  return readWall(calendar.time_zone, date).map(({ weekday, date: day, minute }, i) => {
    if (calendar.holidays.includes(day)) return false
    const moment = start + i * MINUTE
    if (away.some(([from, until]) => from <= moment && moment < until)) return false
    return blocks.some(({ on, begins, ends }) => {
      if (ends > begins) return on[weekday] && begins <= minute && minute < ends
      return (on[weekday] && minute >= begins) || (on[(weekday + 6) % 7] && minute < ends)
    })
  })
}

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.oneof(fc.constantFrom(0, 15, 30, 45), fc.integer({ min: 0, max: 59 })))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
const window = fc
  .record({
    weekdays: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    from: clock,
    to: fc.oneof({ weight: 8, arbitrary: clock }, { weight: 1, arbitrary: fc.constant('24:00') }),
  })
  .filter(({ from, to }) => from !== to)

const anyCase = fc.constantFrom(...NIGHTS).chain(([time_zone, date]) => {
  const minute = fc.integer({ min: -600, max: LENGTH + 600 })
  const moment = minute.map((i) => at(`${date}T00:00:00Z`) + i * MINUTE)
  const day = fc.integer({ min: -1, max: 3 }).map((i) => new Date(at(date) + i * 86_400_000).toISOString().slice(0, 10))
  return fc.record({
    date: fc.constant(date),
    calendar: fc.record({
      time_zone: fc.constant(time_zone),
      windows: fc.array(window, { maxLength: 5 }),
      holidays: fc.oneof(
        { weight: 2, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: fc.array(day, { maxLength: 2 }) },
      ),
      absences: fc.array(
        fc.tuple(moment, fc.integer({ min: 1, max: 1500 })).map(([from, minutes]) => ({
          from_at: new Date(from).toISOString(),
          until_at: new Date(from + minutes * MINUTE).toISOString(),
        })),
        { maxLength: 2 },
      ),
    }),
    from: fc.integer({ min: 0, max: LENGTH - 1 }),
    to: fc.integer({ min: 0, max: LENGTH }),
    minutes: fc.integer({ min: 1, max: 2000 }),
  })
})

t.test('1,000 random calendars over the nights of changing clocks agree with who reads the wall clock', async (t) => {
  fc.assert(
    fc.property(anyCase, ({ date, calendar, from, to, minutes }) => {
      const compiled = compileCalendar(calendar)
      const open = askOracle(calendar, date)
      const start = at(`${date}T00:00:00Z`)
      const moment = (i: number) => start + i * MINUTE
      const count = (a: number, b: number) => open.slice(a, b).filter(Boolean).length

      const intervals = openIntervals(compiled, moment(from), moment(Math.max(from, to)))
      const drawn = new Array<boolean>(LENGTH).fill(false)
      for (const { start: a, end: b } of intervals) drawn.fill(true, (a - start) / MINUTE, (b - start) / MINUTE)
      const wanted = open.map((is, i) => is && i >= from && i < to)
      if (drawn.some((is, i) => is !== wanted[i])) throw new Error('the intervals differ')
      if (intervals.some(({ start: a }, i) => i > 0 && a <= (intervals[i - 1]?.end ?? 0))) throw new Error('not merged')
      if (open.some((is, i) => isOpenAt(compiled, moment(i) + 59_999) !== is)) throw new Error('isOpenAt differs')
      if (measureBusinessSeconds(compiled, moment(from), moment(to)) !== count(from, Math.max(from, to)) * 60)
        throw new Error('the business time differs')

      const opening = open.indexOf(true, from)
      const next = findNextOpening(compiled, moment(from))
      if (opening >= 0 ? next !== moment(opening) : next !== null && next < moment(LENGTH))
        throw new Error('the next opening differs')

      let left = minutes
      const last = open.findIndex((is, i) => i >= from && is && --left === 0)
      const due = addBusinessSeconds(compiled, moment(from), minutes * 60)
      if (last >= 0 ? due !== moment(last + 1) : due !== null && due < moment(LENGTH)) throw new Error('due differs')
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 1000) },
  )
  t.pass('no difference found')
})

t.test('adding seconds and measuring them agree at any millisecond of any year', async (t) => {
  const zones = Intl.supportedValuesOf('timeZone')
  const span = fc.record({
    zone: fc.constantFrom(...zones),
    windows: fc.array(window, { minLength: 1, maxLength: 4 }),
    from: fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z') }),
    seconds: fc.integer({ min: 1, max: 2_000_000 }),
  })
  fc.assert(
    fc.property(span, ({ zone, windows, from, seconds }) => {
      const calendar = compileCalendar({ time_zone: zone, windows, holidays: [], absences: [] })
      const due = addBusinessSeconds(calendar, from, seconds)
      if (due === null) return measureBusinessSeconds(calendar, from, from + 3_600 * 86_400_000) < seconds
      const measured = measureBusinessSeconds(calendar, from, due)
      const one = measureBusinessSeconds(calendar, from, due - 1)
      return measured === seconds && Math.abs(measured - one - 0.001) < 1e-6
    }),
    { numRuns: 300 },
  )
  t.pass('no difference found')
})

t.test('a day begins at midnight of its zone, or when the clocks that skip it go on', async (t) => {
  const begins = (zone: string, day: string) => new Date(startOfDay(zone, Date.parse(day))).toISOString()
  t.equal(begins('Asia/Kathmandu', '2026-05-10'), '2026-05-09T18:15:00.000Z')
  t.equal(begins('America/Los_Angeles', '2026-05-10'), '2026-05-10T07:00:00.000Z')
  t.equal(begins('Europe/Berlin', '2026-03-29'), '2026-03-28T23:00:00.000Z', 'the clocks change later in the day')
  t.equal(begins('Australia/Sydney', '2026-10-04'), '2026-10-03T14:00:00.000Z')
  t.equal(begins('Australia/Sydney', '2026-04-05'), '2026-04-04T13:00:00.000Z')
  t.equal(begins('Africa/Cairo', '2026-04-24'), '2026-04-23T22:00:00.000Z', 'there is no midnight; one o’clock it is')
  t.equal(begins('America/Santiago', '2026-09-06'), '2026-09-06T04:00:00.000Z', 'nor here')
})
