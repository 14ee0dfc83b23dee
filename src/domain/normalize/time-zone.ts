// A time zone is an IANA name (`Europe/Berlin`): only a name knows when clocks change. Offsets such as +02:00 are no
// zones, and neither are abbreviations that mean several places.

const ZONE_BY_LOWER_CASE = new Map(
  ['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => [zone.toLowerCase(), zone]),
)

// The longest name of the zone list has 32 characters.
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/

/** The zone in its usual spelling; aliases of older releases of the zone list stay as they are. Null when unknown. */
export function normalizeTimeZone(raw: string): string | null {
  const zone = raw.trim()
  const known = ZONE_BY_LOWER_CASE.get(zone.toLowerCase())
  if (known !== undefined) return known
  return NAME.test(zone) && isKnownAlias(zone) ? zone : null
}

function isKnownAlias(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    // RangeError: no such zone.
    return false
  }
}
