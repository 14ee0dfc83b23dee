// Who is not asked about a lead although nothing stands in the way: those who had it and would not, or did not, work it.

/** Ends of an assignment after which the same seller is not asked about the same lead again. */
export const REFUSING_ENDS: readonly string[] = ['declined', 'sla_breached']

/**
 * The end after which the next to have the lead is somebody else: who gave it back may be well again, or have time, when it
 * has been with another one.
 */
export const RELEASED = 'released'
