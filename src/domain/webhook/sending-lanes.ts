// How many calls may be open at once: in all, and for each endpoint. An endpoint starts with two, doubles with every
// answer and falls to one with every failure; those that fail share a part of all calls. So a receiver that hangs holds
// one call of five hundred, and however many hang, half of the calls are left for those who answer.

/** Calls in all: sockets and memory (a body of 20 kB each) stay small. */
export const MAX_CALLS = 500
/** Calls to endpoints whose last attempt failed, in all. */
export const MAX_FAILING_CALLS = 250
/** Calls to an endpoint that nothing is known about: 250 new ones that all hang would fill everything, for 15 s. */
export const FIRST_WINDOW = 2
/** Calls to an endpoint that answers: at 50 ms an answer 320 deliveries a second. */
export const MAX_WINDOW = 16
/** Endpoints that are remembered while they have no call open. */
const REMEMBERED = 10_000

interface Lane {
  open: number
  window: number
  failing: boolean
}

export interface SendingLanes {
  /** Calls that may be opened now: in all, and for each endpoint that is not a new one. */
  free(): { total: number; endpointIds: string[]; slots: number[] }
  open(endpointId: string): void
  /** Ends a call; true when its endpoint, or all together, had as many open as they may. */
  close(endpointId: string, ok: boolean): boolean
}

/** The lanes of one process. */
export function createSendingLanes(): SendingLanes {
  const lanes = new Map<string, Lane>()
  let total = 0
  let failing = 0
  /** Changes a lane and keeps the sums. */
  const change = (id: string, edit: (lane: Lane) => void) => {
    const lane = lanes.get(id) ?? { open: 0, window: FIRST_WINDOW, failing: false }
    count(lane, -1)
    edit(lane)
    count(lane, 1)
    // Put at the end: the first in the map are those that were quiet longest.
    lanes.delete(id)
    lanes.set(id, lane)
    if (lanes.size > REMEMBERED) forgetQuiet(lanes)
  }
  const count = (lane: Lane, sign: 1 | -1) => {
    total += sign * lane.open
    if (lane.failing) failing += sign * lane.open
  }
  return {
    free: () => {
      let failingLeft = Math.max(0, MAX_FAILING_CALLS - failing)
      const slots = [...lanes.values()].map((lane) => {
        const left = Math.max(0, lane.window - lane.open)
        if (!lane.failing) return left
        const given = Math.min(left, failingLeft)
        failingLeft -= given
        return given
      })
      return { total: Math.max(0, MAX_CALLS - total), endpointIds: [...lanes.keys()], slots }
    },
    open: (id) => change(id, (lane) => lane.open++),
    close: (id, ok) => {
      const lane = lanes.get(id)
      const wasFull =
        total >= MAX_CALLS || failing >= MAX_FAILING_CALLS || (lane !== undefined && lane.open >= lane.window)
      change(id, (closing) => {
        closing.open--
        closing.failing = !ok
        closing.window = ok ? Math.min(MAX_WINDOW, closing.window * 2) : 1
      })
      return wasFull
    },
  }
}

function forgetQuiet(lanes: Map<string, Lane>): void {
  for (const [id, { open }] of lanes) {
    if (open > 0) continue
    lanes.delete(id)
    return
  }
}
