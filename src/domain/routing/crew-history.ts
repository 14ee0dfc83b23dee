// The crew as it was: asked moment after moment, it is made anew only when somebody or something has changed meanwhile.
import { type Crew, compileCrew, type RoutedSeller } from './routing-world.ts'
import { NO_TEAMS, type TeamDocument } from './team-document.ts'

interface Change {
  at: number
  seller?: { user_id: string; document: RoutedSeller }
  teams?: { version: number; document: TeamDocument }
}

export interface CrewHistory {
  /** The crew at a moment; moments may not go back by more than a change. */
  at(moment: number): Crew
}

/** A history from all versions, `valid_from` as moments of the wire; `zone` is that of the workspace. */
export function crewHistory(
  sellers: readonly { user_id: string; valid_from: string; document: RoutedSeller }[],
  teams: readonly { version: number; valid_from: string; document: TeamDocument }[],
  zone: string,
): CrewHistory {
  const changes: Change[] = [
    ...sellers.map(({ user_id, valid_from, document }) => ({
      at: Date.parse(valid_from),
      seller: { user_id, document },
    })),
    ...teams.map(({ version, valid_from, document }) => ({ at: Date.parse(valid_from), teams: { version, document } })),
  ].sort((a, b) => a.at - b.at)
  const present = new Map<string, RoutedSeller>()
  let document: { version: number; document: TeamDocument } = { version: 1, document: NO_TEAMS }
  let next = 0
  let crew: Crew | null = null
  return {
    at: (moment) => {
      for (let change = changes[next]; change !== undefined && change.at <= moment; change = changes[++next]) {
        if (change.seller !== undefined) present.set(change.seller.user_id, change.seller.document)
        if (change.teams !== undefined) document = change.teams
        crew = null
      }
      crew ??= compileCrew([...present.values()], document, zone)
      return crew
    },
  }
}
