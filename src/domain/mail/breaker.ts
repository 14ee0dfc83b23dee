// The breaker of marketing mail: providers block who is complained about. From 0.1 % on somebody is warned, from 0.2 % on
// (and two people, since one is no rate) marketing mail waits until somebody has looked and resumes it. Counted over 30
// days, from the last resumption on.

export const WARN_RATE = 0.001
export const PAUSE_RATE = 0.002
const LEAST_COMPLAINTS = 2
export const BREAKER_DAYS = 30

/** Mails that have to be counted to judge this many complaints: more of them change nothing. */
export const mailsToCount = (complaints: number) => Math.ceil(complaints / WARN_RATE) + 1

/** What the rate of complaints asks for. */
export function judgeComplaints(complaints: number, mails: number): 'fine' | 'warn' | 'pause' {
  if (complaints === 0) return 'fine'
  const rate = complaints / Math.max(mails, complaints)
  if (rate >= PAUSE_RATE && complaints >= LEAST_COMPLAINTS) return 'pause'
  return rate >= WARN_RATE ? 'warn' : 'fine'
}
