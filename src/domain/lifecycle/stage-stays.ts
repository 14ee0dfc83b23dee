// The stage history as stays: which stage, from when to when, how long. Moves are stored; the stay before the first move
// began when the lead was made.

/** A stored move. */
export interface StageMove {
  position: number
  moved_at: string
  from_stage: string
  to_stage: string
  stayed_ms: number
  moved_by: string
  actor: string
  reason: string | null
  note: string | null
  wake_at: string | null
  policy: string
  receipt_id: string
}

/** One stay in a stage. */
export interface StageStay {
  /** 0 for the first stay, else the number of the move that began it. */
  position: number
  stage_key: string
  entered_at: string
  left_at: string | null
  /** Until now for the present stage. */
  duration_seconds: number
  /** The move that began it, null for the first stay. */
  move: StageMove | null
}

/** The stays that these moves begin, oldest first, and the first stay of all when they begin with the first move. */
export function staysOf(
  lead: { stage_key: string; created_at: string },
  moves: readonly StageMove[],
  withFirst: boolean,
  now: Date,
): StageStay[] {
  const first = {
    position: 0,
    stage_key: moves[0]?.from_stage ?? lead.stage_key,
    entered_at: lead.created_at,
    move: null,
  }
  const begun = moves.map((move) => ({
    position: move.position,
    stage_key: move.to_stage,
    entered_at: move.moved_at,
    move,
  }))
  return (withFirst ? [first, ...begun] : begun).map((stay, i, all) => {
    const left_at = all[i + 1]?.entered_at ?? null
    const end = left_at === null ? now.getTime() : Date.parse(left_at)
    const duration_seconds = Math.max(0, Math.floor((end - Date.parse(stay.entered_at)) / 1000))
    return { ...stay, left_at, duration_seconds }
  })
}
