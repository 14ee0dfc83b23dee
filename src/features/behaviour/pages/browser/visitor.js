// The visitor id: random, kept in the site's own localStorage, never in a cookie, and unknown to every other site.
import { keep, recall } from './consent.js'

const VISITOR = 'leadwell.visitor'

/** 128 random bits; `crypto.randomUUID` is absent from pages without TLS. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The visitor of this browser; `storage` "off" makes one that lasts as long as the page. */
export function openVisitor({ storage }) {
  const isKept = storage !== 'off'
  let id = isKept ? recall(VISITOR) : null
  const become = (next) => {
    id = next
    if (isKept) keep(VISITOR, id)
  }
  return {
    id: () => {
      if (!/^[A-Za-z0-9._:-]{8,100}$/.test(id ?? '')) become(newId())
      return id
    },
    isStill: (other) => id === other,
    become,
  }
}
