// A filled form is sent until the service has answered for it: every try carries the same key and the same bytes, so
// that two that both arrive are one submission.

/** Pauses between tries, in milliseconds, from the first to the longest; a returning network ends a pause. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 30_000
/** A try without an answer for so long has failed; a large file on a slow line needs its time. */
const LONGEST_TRY = 120_000
/** Answers that mean "not now" rather than "not like this". */
const LATER = [408, 409, 425, 429]
/** Browsers let a request outlive its page up to 64 KiB. */
const LARGEST_KEEPALIVE = 60_000

/** The answer of the service. Calls `onTrouble` after each failed try. */
export async function deliver(url, { headers, body }, onTrouble) {
  const keepalive = typeof body === 'string' && new Blob([body]).size < LARGEST_KEEPALIVE
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const signal = AbortSignal.timeout?.(LONGEST_TRY)
    const answer = await fetch(url, { method: 'POST', headers, body, keepalive, signal }).catch(() => null)
    if (answer && answer.status < 500 && !LATER.includes(answer.status)) return answer
    onTrouble()
    await rest(Math.max(pause, (Number(answer?.headers.get('retry-after')) || 0) * 1000))
  }
}

function rest(milliseconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
    addEventListener('online', resolve, { once: true })
  })
}

/** A random key; `crypto.randomUUID` is absent from pages without TLS. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
