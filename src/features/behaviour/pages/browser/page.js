// Page views, also of pages that change without loading (single-page applications). The address is kept without its
// query, which may hold anything; campaign parameters and click ids are kept beside it.

const CAMPAIGN = /^(utm_[a-z_]{1,30}|gclid|fbclid|msclkid|li_fat_id)$/

const cut = (text, length) => (text ? String(text).slice(0, length) : undefined)

/** An address without query and fragment. */
export function bareAddress(address) {
  try {
    const { origin, pathname } = new URL(address, location.href)
    return cut(origin + pathname, 2000)
  } catch {
    return undefined
  }
}

function campaignOf(search) {
  const found = [...new URLSearchParams(search)].filter(([name]) => CAMPAIGN.test(name)).slice(0, 20)
  return Object.fromEntries(found.map(([name, value]) => [name, cut(value, 200)]))
}

/** Calls `view(properties)` for this page and each that follows without loading. */
export function watchPages({ spa }, view) {
  let last
  let referrer = document.referrer
  const look = () => {
    const here = location.pathname + location.search
    if (here === last) return
    last = here
    view({
      title: cut(document.title, 300),
      referrer: referrer ? bareAddress(referrer) : undefined,
      ...campaignOf(location.search),
    })
    referrer = location.href
  }
  look()
  if (spa === 'off') return
  // The title follows the address by a moment.
  const later = () => setTimeout(look, 50)
  for (const name of ['pushState', 'replaceState']) {
    const original = history[name]
    history[name] = function (...given) {
      const result = original.apply(this, given)
      later()
      return result
    }
  }
  addEventListener('popstate', later)
}
