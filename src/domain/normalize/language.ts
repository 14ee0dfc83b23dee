// A language is a BCP 47 tag in canonical form (`de-AT`, `zh-Hant`). Only the form is judged, not whether
// the language exists: registries grow, and an unknown tag does no harm.

// RFC 5646 section 4.4.1: 35 characters hold every tag of practical use.
const MAX_TAG_LENGTH = 35

// Stricter than BCP 47 in one place: primary languages of 5 to 8 letters are reserved and unused, and
// would let words such as "german" through.
const TAG = /^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i

/**
 * Normalizes a language tag, also from POSIX locales such as `de_AT.UTF-8`. Null when it is no tag, or
 * when it says nothing (`und`).
 */
export function normalizeLanguage(raw: string): string | null {
  if (raw.length > MAX_TAG_LENGTH) return null
  const tag = raw
    .trim()
    .replaceAll('_', '-')
    .replace(/[.@].*$/, '')
  if (!TAG.test(tag)) return null
  const canonical = toCanonicalTag(tag)
  return canonical === null || canonical.startsWith('und') ? null : canonical
}

function toCanonicalTag(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null
  } catch {
    // RangeError: letters in the right places, but not a tag (a repeated variant, for example).
    return null
  }
}
