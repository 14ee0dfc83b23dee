// Whether the visitor may be followed. A browser that says no (Global Privacy Control, Do Not Track) is obeyed, whatever
// the page says. A page with data-consent="required" waits for leadwell.consent(true); the answer is remembered.

const ANSWER = 'leadwell.consent'

const isRefusedByBrowser = () =>
  navigator.globalPrivacyControl === true || navigator.doNotTrack === '1' || window.doNotTrack === '1'

/** True when events may be kept and sent now. */
export function mayTrack({ consent }) {
  if (isRefusedByBrowser()) return false
  const answer = recall(ANSWER)
  return consent === 'required' ? answer === 'yes' : answer !== 'no'
}

/** Remembers what the visitor answered. */
export function rememberConsent(isGiven) {
  keep(ANSWER, isGiven ? 'yes' : 'no')
}

/** A value of the site's own storage, which browsers may forbid. */
export function recall(name) {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

/** Keeps a value in the site's own storage; null removes it. */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name)
    else localStorage.setItem(name, value)
  } catch {
    // Then it lasts as long as the page.
  }
}
