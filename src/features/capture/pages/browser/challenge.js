// Challenges of other services draw their own widget, which must stand in the page itself: it shows through a slot.
import { element } from './element.js'

/** Adds the widget that the form asks for; null when it asks for none. */
export function addChallenge(host, { challenge, challenge_site_key: key }, widgets) {
  const widget = widgets[challenge]
  if (!widget) return null
  const place = element('div', { class: widget.class, 'data-sitekey': key, slot: 'challenge' })
  host.append(place, element('script', { src: widget.script, async: true }))
  return {
    slot: element('slot', { name: 'challenge' }),
    answers: () =>
      Object.fromEntries(Array.from(place.querySelectorAll('[name]'), (input) => [input.name, input.value])),
  }
}
