// What brought the visitor: the page of this site that they came to from outside, kept for the tab's session in the
// site's own sessionStorage, so that it survives the way to the page of the form. No cookie, no identifier. The service
// reads campaign parameters and click ids from its address.

const STORED = 'leadwell.arrival'

/** Landing page and its referrer; `keep` false remembers nothing beyond this page. */
export function recallArrival(keep) {
  const here = { landing: location.href, referrer: document.referrer }
  if (!keep) return here
  try {
    const fromOutside = here.referrer && new URL(here.referrer).origin !== location.origin
    const known = !fromOutside && JSON.parse(sessionStorage.getItem(STORED))
    if (known) return known
    sessionStorage.setItem(STORED, JSON.stringify(here))
  } catch {
    // Storage may be forbidden: then every page is a landing page.
  }
  return here
}
