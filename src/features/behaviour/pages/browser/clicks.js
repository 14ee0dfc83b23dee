// Clicks that lead away or fetch a file. The visitor id goes along to forms of the service, so that a submission tells
// who the visitor is.
import { bareAddress } from './page.js'

const FILES = /\.(pdf|docx?|xlsx?|pptx?|odt|ods|odp|csv|zip|rar|7z|gz|dmg|exe|msi|apk|mp[34]|epub|ics|vcf)$/i

/** Watches links and native forms of the page; `visitorId` answers undefined where nobody may be followed. */
export function watchClicks(base, visitorId, track) {
  const click = (event) => {
    const link = event.target.closest?.('a[href]')
    if (!link || !/^https?:$/.test(link.protocol)) return
    if (link.href.startsWith(`${base}/f/`)) carry(link, visitorId())
    else if (link.hasAttribute('download') || FILES.test(link.pathname)) {
      track('download_clicked', { file: bareAddress(link.href) })
    } else if (link.host !== location.host) track('outbound_clicked', { target: bareAddress(link.href) })
  }
  // Before the page's own listeners, which may stop the event.
  for (const type of ['click', 'auxclick']) document.addEventListener(type, click, true)
  document.addEventListener('submit', ({ target }) => sign(target, base, visitorId()), true)
}

function carry(link, id) {
  if (!id) return
  const address = new URL(link.href)
  address.searchParams.set('_visitor_id', id)
  link.href = address.href
}

/** A native form that is sent to the service says who fills it in. */
function sign(form, base, id) {
  const action = form.getAttribute?.('action') ?? ''
  if (!id || !action.startsWith(`${base}/`) || form.querySelector('[name=_visitor_id]')) return
  const field = document.createElement('input')
  Object.assign(field, { type: 'hidden', name: '_visitor_id', value: id })
  form.append(field)
}
