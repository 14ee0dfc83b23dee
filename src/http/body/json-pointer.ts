/** Escapes one reference token of a JSON pointer (RFC 6901, section 3): `~` becomes `~0`, `/` becomes `~1`. */
export function escapePointerToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The RFC 6901 pointer of a path of member names and array indexes; the empty path is the whole document, ''. */
export function makePointer(path: readonly (string | number)[]): string {
  return path.map((step) => `/${escapePointerToken(String(step))}`).join('')
}
