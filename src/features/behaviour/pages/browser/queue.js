// Events gather for a moment and travel together. What the service has not answered is sent again, under the same event
// ids, so that two requests that both arrive count once. A page that goes away sends the rest as a beacon.
import { newId } from './visitor.js'

const PAUSE = 800
const FIRST_RETRY = 2_000
const LONGEST_RETRY = 60_000
/** What one request takes; older events are given up when a service is away for so many. */
const MOST = 50

/** What the service takes of a name and of properties: one that it refuses would take its neighbours along. */
const LONGEST_NAME = 100
const MOST_MEMBERS = 50
const LARGEST = 8_000
/** A laptop may be closed for longer; what happened before it was is as old as can be said. */
const LONGEST_WAIT = 604_800_000

/** A text without what no text holds: the end of a text, and half an emoji where something was cut. */
const whole = (text) => text.replace(/[\0\p{Surrogate}]/gu, '')

/** The properties as the service takes them; undefined when it would not. */
export function fit(properties) {
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return undefined
  try {
    const first = Object.entries(properties).slice(0, MOST_MEMBERS)
    const members = first.map(([name, value]) => [whole(name), value])
    const text = JSON.stringify(Object.fromEntries(members), (_, value) =>
      typeof value === 'string' ? whole(value) : value,
    )
    return new Blob([text]).size > LARGEST ? undefined : JSON.parse(text)
  } catch {
    return undefined // a circle
  }
}

/** An event name as the service takes it; empty when nothing is left of it. */
export function fitName(named) {
  const letters = [...whole(String(named ?? ''))].filter((letter) => letter > '\u001f' && letter !== '\u007f')
  return whole(letters.join('').slice(0, LONGEST_NAME))
}

/** How old an event is by this browser's clock, which may have been set meanwhile. */
export const ageOf = (at, now) => Math.min(LONGEST_WAIT, Math.max(0, Math.round(now - at)))

/** A queue that sends to `url`; `visitor` is asked for its id and told when another one continues. */
export function openQueue(url, visitor) {
  let waiting = []
  let identity
  let timer
  let retry = FIRST_RETRY
  let isSending = false
  let isRefused = false

  const bodyOf = (events) =>
    JSON.stringify({
      visitor_id: visitor.id(),
      events: events.map(({ at, ...event }) => ({ ...event, age_ms: ageOf(at, Date.now()) })),
      identity,
      automated: navigator.webdriver || undefined,
    })
  const plan = (pause) => {
    clearTimeout(timer)
    timer = setTimeout(flush, pause)
  }
  const flush = async () => {
    if (isSending || isRefused || (waiting.length === 0 && !identity)) return
    isSending = true
    const [events, named, sender] = [waiting.slice(0, MOST), identity, visitor.id()]
    const options = { method: 'POST', body: bodyOf(events), keepalive: true, credentials: 'omit' }
    const answer = await fetch(url, options).catch(() => null)
    isSending = false
    const isLater = !answer || answer.status >= 500 || answer.status === 429
    // A key that is wrong now is wrong for the whole page.
    isRefused = answer?.status === 401 || answer?.status === 403
    if (isLater) {
      retry = Math.min(retry * 2, LONGEST_RETRY)
      plan(Math.max(retry, (Number(answer?.headers.get('retry-after')) || 0) * 1000))
      return
    }
    retry = FIRST_RETRY
    waiting = waiting.filter((event) => !events.includes(event))
    if (identity === named) identity = undefined
    if (answer.ok) {
      const { visitor_id } = await answer.json()
      // The visitor may have said no meanwhile; then there is nobody to go on.
      if (visitor.isStill(sender) && visitor_id !== sender) visitor.become(visitor_id)
    }
    if (waiting.length > 0 || identity) plan(PAUSE)
  }
  const leave = () => {
    if (isRefused || (waiting.length === 0 && !identity)) return
    if (navigator.sendBeacon?.(url, bodyOf(waiting.slice(0, MOST)))) waiting = waiting.slice(MOST)
  }
  addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave())
  addEventListener('pagehide', leave)
  return {
    add: (named, properties, page) => {
      const name = fitName(named)
      if (!name) return
      const event = { name, event_id: newId(), at: Date.now(), url: page }
      waiting = [...waiting, { ...event, properties: fit(properties) }].slice(-MOST)
      plan(PAUSE)
    },
    identify: (token) => {
      identity = token
      plan(0)
    },
    clear: () => {
      waiting = []
      identity = undefined
    },
  }
}
