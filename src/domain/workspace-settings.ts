// Settings of a workspace: what leads, reports and people are given when nothing else says otherwise. They are one
// document, stored as the differences from these defaults would be after years of additions: a missing member is its default.
import { normalizeCountry } from './normalize/country.ts'
import { normalizeCurrency } from './normalize/currency.ts'
import { normalizeLanguage } from './normalize/language.ts'
import { normalizeTimeZone } from './normalize/time-zone.ts'

/** What happens to a new lead that is known already, unless the request says otherwise. */
export const DEDUPE_POLICIES = ['update', 'reject', 'create'] as const
export type DedupePolicy = (typeof DEDUPE_POLICIES)[number]

export interface WorkspaceSettings {
  name: string
  /** BCP 47. */
  locale: string
  /** IANA. */
  time_zone: string
  /** ISO 4217. */
  currency: string
  /** ISO 3166-1 alpha-2, for phone numbers and leads that name none. */
  default_country: string | null
  dedupe_policy: DedupePolicy
  /** How long the change feed keeps a change; null keeps it for ever. */
  change_retention_days: number | null
  /** True takes values of custom fields that nobody has defined. */
  allow_unknown_custom_fields: boolean
}

export type StoredSettings = Omit<WorkspaceSettings, 'name'>

const DEFAULTS: StoredSettings = {
  locale: 'en',
  time_zone: 'UTC',
  currency: 'EUR',
  default_country: null,
  dedupe_policy: 'update',
  change_retention_days: null,
  allow_unknown_custom_fields: true,
}

/** The settings of a workspace row; what an older release did not store has its default. */
export function readSettings(name: string, stored: Partial<StoredSettings>): WorkspaceSettings {
  return { ...DEFAULTS, ...stored, name }
}

export interface SettingsFault {
  field: keyof WorkspaceSettings
  detail: string
}

/** Settings in normal form, or every fault. What is left out takes its default. */
export function normalizeSettings(
  given: Partial<WorkspaceSettings> & { name: string },
): { ok: true; settings: WorkspaceSettings } | { ok: false; faults: SettingsFault[] } {
  const settings = readSettings(given.name.trim(), given)
  const faults: SettingsFault[] = []
  const normalize = (
    field: 'locale' | 'time_zone' | 'currency' | 'default_country',
    value: string | null,
    say: string,
  ) => {
    if (value === null) faults.push({ field, detail: say })
    else settings[field] = value
  }
  if (settings.name === '') faults.push({ field: 'name', detail: 'Must not be blank.' })
  if (!DEDUPE_POLICIES.includes(settings.dedupe_policy)) {
    faults.push({ field: 'dedupe_policy', detail: `Must be one of: ${DEDUPE_POLICIES.join(', ')}.` })
  }
  normalize('locale', normalizeLanguage(settings.locale), 'Must be a BCP 47 tag such as en or de-AT.')
  normalize('time_zone', normalizeTimeZone(settings.time_zone), 'Must be an IANA time zone such as Europe/Berlin.')
  normalize('currency', normalizeCurrency(settings.currency), 'Must be an ISO 4217 code such as EUR.')
  if (settings.default_country !== null) {
    const { default_country: country } = settings
    const code = /^[a-z]{2}$/i.test(country) ? normalizeCountry(country) : null
    normalize('default_country', code, 'Must be an ISO 3166-1 alpha-2 code such as DE.')
  }
  return faults.length === 0 ? { ok: true, settings } : { ok: false, faults }
}
