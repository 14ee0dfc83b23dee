/** Who submits what and when: the whole story of a sample, in the order of time. */
import { createRandom } from './random.ts'
import { pickMoment, SAMPLE_FORMS } from './visits.ts'

export interface PlannedVisit {
  at: number
  form_key: string
  /** Number of the person, or null for spam. */
  person: number | null
  /** Number among the visits: the seed of what is typed. */
  visit: number
}

export interface SampleSize {
  leads: number
  days: number
  seed: string
}

/** Share of people who come back, up to three times. */
const RETURNING = 0.18
/** Spam for each hundred people. */
const SPAM = 0.04

const FORM_WEIGHTS = Object.fromEntries(Object.entries(SAMPLE_FORMS).map(([key, { weight }]) => [key, weight]))

/** All visits, oldest first. */
export function planVisits({ leads, days, seed }: SampleSize, now: number): PlannedVisit[] {
  const random = createRandom(`${seed}/plan`)
  const visits: PlannedVisit[] = []
  const add = (person: number | null) => {
    const form_key = person === null ? 'sample-contact' : random.weighted(FORM_WEIGHTS)
    const visit = visits.length
    // Chance of its own: which moments are refused depends on the day, and must not change who else comes.
    const at = pickMoment(createRandom(`${seed}/moment/${visit}`), now, days)
    visits.push({ at, form_key, person, visit })
  }
  for (let person = 0; person < leads; person++) {
    add(person)
    if (random.chance(RETURNING)) for (let again = random.whole(1, 3); again > 0; again--) add(person)
  }
  for (let spam = Math.round(leads * SPAM); spam > 0; spam--) add(null)
  return visits.sort((a, b) => a.at - b.at)
}
