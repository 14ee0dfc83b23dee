/** Telling callers in good time that an operation will end (api.md 40). */

export interface Deprecation {
  /** Day from which there is something better, `YYYY-MM-DD`. */
  since: string
  /** Day on which the operation ends, a year later at the earliest; null while that is open. */
  sunset: string | null
  /** Path of what to use instead. */
  successor: string
}

const LEAST_NOTICE_MS = 365 * 86_400_000

/** Headers of every answer of the operation: RFC 9745, RFC 8594, and where to read more. Throws when notice is short. */
export function deprecationHeaders({ since, sunset, successor }: Deprecation): Record<string, string> {
  const from = Date.parse(since)
  const end = sunset === null ? null : Date.parse(sunset)
  if (end !== null && !(end - from >= LEAST_NOTICE_MS))
    throw new Error('an operation ends a year after its deprecation')
  return {
    deprecation: `@${from / 1000}`,
    ...(end !== null && { sunset: new Date(end).toUTCString() }),
    link: `</docs>; rel="deprecation"; type="text/html", <${successor}>; rel="successor-version"`,
  }
}
