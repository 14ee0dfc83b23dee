// The beginning of /track.js:
//   <script src="https://leads.example.com/track.js" data-key="pk_live_…" async></script>
// data-consent="required" waits for leadwell.consent(true); data-storage="off" remembers nothing beyond the page;
// data-spa="off" and data-clicks="off" leave out what they say. The page may call
//   leadwell.track(name, properties)   leadwell.identify(token)   leadwell.consent(true | false)   leadwell.visitorId()
import { watchClicks } from './clicks.js'
import { mayTrack, rememberConsent } from './consent.js'
import { bareAddress, watchPages } from './page.js'
import { openQueue } from './queue.js'
import { openVisitor } from './visitor.js'

/** Starts the tracker of this script. */
export function startTracker(script) {
  if (window.leadwell?.track) return
  const options = script.dataset
  const base = script.src.replace(/\/track\.js(?:[?#].*)?$/, '')
  const visitor = openVisitor(options)
  const queue = openQueue(`${base}/v1/public/events?publishable_key=${encodeURIComponent(options.key)}`, visitor)
  const visitorId = () => (mayTrack(options) ? visitor.id() : undefined)
  const track = (name, properties) => {
    if (mayTrack(options)) queue.add(name, properties, bareAddress(location.href))
  }
  let isWatching = false
  const watch = () => {
    if (isWatching || !mayTrack(options)) return
    isWatching = true
    watchPages(options, (properties) => track('page_viewed', properties))
    if (options.clicks !== 'off') watchClicks(base, visitorId, track)
  }
  const consent = (isGiven) => {
    rememberConsent(isGiven)
    if (isGiven) return watch()
    queue.clear()
    visitor.become(null)
  }
  const identify = (token) => {
    if (mayTrack(options)) queue.identify(token)
  }
  window.leadwell = { ...window.leadwell, track, identify, consent, visitorId }
  // A page that is prepared before anybody asked for it is seen when it is shown.
  if (document.prerendering) addEventListener('prerenderingchange', watch, { once: true })
  else watch()
}
