/**
 * Hints between rooms of one process: "there is something to do in this workspace". A hint saves waiting for the next
 * sweep; losing one costs at most a sweep interval, because due work is a row that the sweep finds.
 */

// biome-ignore format: one kind a line, so that kinds that come at the same time do not meet.
export type WorkKind =
  | 'submissions'
  | 'leads'
  | 'operations'
  | 'webhooks'
  | 'enrichment'
  | 'messages'
  | 'sla'
  | 'sales'
  | 'enrollments'

export interface WorkHints {
  give(kind: WorkKind, workspaceId: string): void
  take(listener: (kind: WorkKind, workspaceId: string) => void): () => void
}

/** Hints of one process. */
export function createWorkHints(): WorkHints {
  const listeners = new Set<(kind: WorkKind, workspaceId: string) => void>()
  return {
    give: (kind, workspaceId) => {
      for (const listener of listeners) listener(kind, workspaceId)
    },
    take: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
