// What an API user says about a seller, in canonical form or refused by the place of each fault: a wrong zone or an
// absence that ends before it begins would send leads to the wrong people for months before anybody noticed.

import type { WorkingWindow } from '../calendar/calendar.ts'
import type { ExternalId } from '../lead.ts'
import { addIds } from '../merge-edit.ts'
import { normalizeEmail } from '../normalize/email.ts'
import { normalizeLanguage } from '../normalize/language.ts'
import { cleanLine } from '../normalize/text.ts'
import { normalizeTimeZone } from '../normalize/time-zone.ts'
import type { Absence, Seller } from './seller.ts'

/** Fields as the schema lets them through. */
export interface SellerInput {
  name?: string
  email?: string | null
  external_ids?: ExternalId[]
  skills?: { skill: string; level: number }[]
  languages?: string[]
  territories?: string[]
  capacity_open?: number | null
  capacity_day?: number | null
  capacity_week?: number | null
  weight?: number
  time_zone?: string | null
  working_hours?: WorkingWindow[]
  holidays_key?: string | null
  absences?: { from_at: string; until_at: string; reason?: string | null }[]
  active?: boolean
}

export interface SellerFault {
  pointer: string
  code: string
  detail: string
}

export type SellerEdit = Partial<Omit<Seller, 'id' | 'version' | 'created_at' | 'updated_at'>>

type Report = (pointer: string, code: string, detail: string) => void

/** The edit in canonical form, with every fault. */
export function normalizeSeller(given: SellerInput): { edit: SellerEdit; faults: SellerFault[] } {
  const faults: SellerFault[] = []
  const report: Report = (pointer, code, detail) => faults.push({ pointer, code, detail })
  const { name, email, external_ids, skills, languages, time_zone, working_hours, absences, ...plain } = given
  const edit: SellerEdit = {
    ...plain,
    ...(given.territories && { territories: [...new Set(given.territories)].sort() }),
    ...(name !== undefined && { name: readName(name, report) }),
    ...(email !== undefined && { email: readEmail(email, report) }),
    ...(external_ids && { external_ids: addIds([], external_ids) }),
    ...(skills && { skills: readSkills(skills, report) }),
    ...(languages && { languages: readLanguages(languages, report) }),
    ...(time_zone !== undefined && { time_zone: readZone(time_zone, report) }),
    ...(working_hours && { working_hours: readWindows(working_hours, report) }),
    ...(absences && { absences: readAbsences(absences, report) }),
  }
  return { edit, faults }
}

function readName(name: string, report: Report): string {
  const line = cleanLine(name)
  if (line === '') report('/name', 'blank', 'Must not be blank.')
  return line
}

function readEmail(email: string | null, report: Report): string | null {
  if (email === null) return null
  const verdict = normalizeEmail(email)
  if (verdict.ok) return verdict.value
  report('/email', verdict.code, verdict.detail)
  return null
}

function readSkills(skills: { skill: string; level: number }[], report: Report): Record<string, number> {
  for (const [i, { skill }] of skills.entries()) {
    if (skills.findIndex((other) => other.skill === skill) < i)
      report(`/skills/${i}/skill`, 'duplicate', 'Given twice.')
  }
  return Object.fromEntries(skills.map(({ skill, level }) => [skill, level]))
}

function readLanguages(languages: string[], report: Report): string[] {
  const read = languages.map((language, i) => {
    const tag = normalizeLanguage(language)
    if (tag === null) report(`/languages/${i}`, 'invalid_language', 'Must be a BCP 47 tag such as en or de-AT.')
    return tag
  })
  return [...new Set(read.filter((tag) => tag !== null))]
}

function readZone(zone: string | null, report: Report): string | null {
  if (zone === null) return null
  const known = normalizeTimeZone(zone)
  if (known === null) report('/time_zone', 'unknown_time_zone', 'Must be an IANA time zone such as Europe/Berlin.')
  return known
}

function readWindows(windows: WorkingWindow[], report: Report): WorkingWindow[] {
  for (const [i, { from, to }] of windows.entries()) {
    const says = 'Ends when it begins; a whole day is 00:00 to 24:00.'
    if (from === to) report(`/working_hours/${i}/to`, 'invalid_range', says)
  }
  return windows.map(({ weekdays, from, to }) => ({ weekdays: [...new Set(weekdays)], from, to }))
}

function readAbsences(given: NonNullable<SellerInput['absences']>, report: Report): Absence[] {
  const read = given.map(({ from_at, until_at, reason }, i) => {
    const [from, until] = [readMoment(from_at), readMoment(until_at)]
    if (from === null) report(`/absences/${i}/from_at`, 'invalid_format', MOMENT)
    if (until === null) report(`/absences/${i}/until_at`, 'invalid_format', MOMENT)
    if (from !== null && until !== null && until <= from) {
      report(`/absences/${i}/until_at`, 'invalid_range', 'Must be later than from_at.')
    }
    return { from_at: from ?? '', until_at: until ?? '', reason: reason == null ? null : cleanLine(reason) }
  })
  return read.sort((a, b) => (a.from_at < b.from_at ? -1 : a.from_at > b.from_at ? 1 : 0))
}

const MOMENT = 'Must be a real moment in RFC 3339, such as 2026-12-24T00:00:00Z.'
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i

/** UTC with milliseconds, or null for what no calendar has. */
function readMoment(text: string): string | null {
  const parts = RFC_3339.exec(text)
  const date = new Date(text.toUpperCase())
  if (parts === null || Number.isNaN(date.getTime())) return null
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  // Date rolls 30 February over to March.
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null
  const iso = date.toISOString()
  return /^[1-9]\d{3}-/.test(iso) ? iso : null
}
