// Whose is this browser? A visitor belongs to the first person who is recognized in it. When another one is (a form with
// a second person's e-mail, a token of another lead), nothing of the first is given away: the browser goes on as a new
// visitor of the second, and what the first one did stays theirs (field.md 4.14).

export type LinkDecision =
  /** Nobody had it: its earlier events become the lead's. */
  | 'link'
  /** It is theirs already. */
  | 'known'
  /** It is another one's: a new visitor continues. */
  | 'hand_over'

/** What to do when `leadId` is recognized in a browser that belongs to `ownerId`. */
export function decideLink(ownerId: string | null, leadId: string): LinkDecision {
  if (ownerId === null) return 'link'
  return ownerId === leadId ? 'known' : 'hand_over'
}
