/**
 * How many submissions came before each one: of its form, from its network, with its text. Counted in the database, one
 * upsert for a batch, so the numbers are right however many processes there are; each submission is counted once, when it
 * is first claimed, and its numbers are kept with the verdict.
 */
import type { Tx } from '../db/client.ts'
import { isLocalNetwork } from '../domain/network.ts'
import { RATE_WINDOW_SECONDS } from '../domain/spam/spam-settings.ts'
import type { TextSigns } from '../domain/spam/text-signs.ts'
import { digest } from '../domain/submission-key.ts'
import { addSightings, type ClaimedSubmission, type Sighting } from './submission-queries.ts'

export interface SightingCounts {
  network_count: number
  form_count: number
  text_count: number
}

/** Texts are compared over a day. */
const TEXT_WINDOW_SECONDS = 86_400

/** Counters older than this are of no use: the longest window, and a day for late work. */
export const SIGHTINGS_KEPT_SECONDS = 2 * TEXT_WINDOW_SECONDS

/** Counts the submissions that are looked at for the first time; the others have no entry. */
export async function countSightings(
  tx: Tx,
  claimed: ClaimedSubmission[],
  signs: ReadonlyMap<string, TextSigns>,
): Promise<Map<string, SightingCounts>> {
  const windowOf = rememberWindows()
  const seen = claimed.filter(isFirstLook).map((submission) => ({
    id: submission.id,
    places: placesOf(submission, signs.get(submission.id)?.fingerprint ?? null, windowOf),
  }))
  const added = new Map<string, Sighting>()
  for (const { places } of seen) {
    for (const { key, ...place } of Object.values(places)) {
      const known = added.get(key)
      if (known === undefined) added.set(key, { ...place, count: 1 })
      else known.count++
    }
  }
  const ordered = [...added].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sighting]) => sighting)
  const next = new Map<string, number>()
  for (const total of await addSightings(tx, ordered)) {
    const key = keyOf(total)
    next.set(key, total.count - (added.get(key)?.count ?? 0))
  }
  const take = (place: Place | undefined) => {
    if (place === undefined) return 0
    const count = (next.get(place.key) ?? 0) + 1
    next.set(place.key, count)
    return count
  }
  return new Map(
    seen.map(({ id, places }) => [
      id,
      { network_count: take(places.network), form_count: take(places.form), text_count: take(places.text) },
    ]),
  )
}

/** What is counted, with its key, which is asked for again and again. */
type Place = Omit<Sighting, 'count'> & { key: string }

const keyOf = ({ window_start, fingerprint }: Omit<Sighting, 'count'>) => `${window_start} ${fingerprint}`

const isFirstLook = ({ attempt, outcome }: ClaimedSubmission) => attempt === 1 && outcome === null

function placesOf(submission: ClaimedSubmission, text: string | null, windowOf: WindowOf) {
  const { form_key, received_at, context } = submission
  const network = context.ip_prefix
  const place = (seconds: number, ...what: string[]): Place => {
    const sighting = { window_start: windowOf(received_at, seconds), fingerprint: digest(form_key, ...what) }
    return { ...sighting, key: keyOf(sighting) }
  }
  return {
    form: place(RATE_WINDOW_SECONDS, 'form'),
    // Everybody behind a proxy that is not configured has its address; such a network tells nothing.
    ...(network !== undefined &&
      !isLocalNetwork(network) && { network: place(RATE_WINDOW_SECONDS, 'network', network) }),
    ...(text !== null && { text: place(TEXT_WINDOW_SECONDS, 'text', text) }),
  }
}

type WindowOf = (moment: string, seconds: number) => string

/** The beginning of the window of a moment; those of a batch lie in one or two, whose texts are made once. */
function rememberWindows(): WindowOf {
  const texts = new Map<number, string>()
  return (moment, seconds) => {
    const length = seconds * 1000
    const start = Math.floor(Date.parse(moment) / length) * length
    const text = texts.get(start) ?? new Date(start).toISOString()
    texts.set(start, text)
    return text
  }
}
