/**
 * HTML that cannot be injected into: whatever is put into a template is escaped, unless it came out of one. Attribute
 * values must stand in double quotes; nothing is ever put into a script, a style or the name of an attribute.
 */

/** A piece of finished markup. */
export interface Html {
  readonly markup: string
}

type Piece = string | number | Html | null | undefined | false | readonly Piece[]

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text as it may stand between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPED[character] ?? character)
}

/** Markup from a template: strings and numbers are escaped, lists are joined, null, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  return { markup: strings.map((text, i) => text + markupOf(pieces[i])).join('') }
}

function markupOf(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return ''
  if (typeof piece === 'string' || typeof piece === 'number') return escapeHtml(String(piece))
  return 'markup' in piece ? piece.markup : piece.map(markupOf).join('')
}

/** Attributes by name: true stands alone; false, null and undefined are left out. Names are ours, never a caller's. */
export function attributes(values: Record<string, string | number | boolean | null | undefined>): Html {
  const written = Object.entries(values).flatMap(([name, value]) => {
    if (value === false || value === null || value === undefined) return []
    return value === true ? [` ${name}`] : [` ${name}="${escapeHtml(String(value))}"`]
  })
  return { markup: written.join('') }
}
