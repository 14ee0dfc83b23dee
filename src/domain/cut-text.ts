// Cutting a text at a length must not leave half of a surrogate pair behind: PostgreSQL could not store it.

/** The first `length` UTF-16 units of a text, one less where the cut would split a character. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text
  const end = isHighSurrogate(text.charCodeAt(length - 1)) ? length - 1 : length
  return text.slice(0, end)
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
