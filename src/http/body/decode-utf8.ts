// `fatal` refuses overlong forms, surrogates (CESU-8) and cut sequences, which Buffer.toString would silently turn into
// U+FFFD. One leading byte order mark is dropped.
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The text of UTF-8 bytes, or `null` when they are not UTF-8. The result never holds a lone surrogate. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}
