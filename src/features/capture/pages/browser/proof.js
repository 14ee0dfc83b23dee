// Proof of work: find a number whose SHA-256 together with the token starts with enough zero bits. Written out, because
// the browser's own SHA-256 is asynchronous (ten times slower for tiny inputs) and absent from pages without TLS.

// FIPS 180-4: the first 32 bits of the fractional parts of square and cube roots of the first 64 primes.
const primes = []
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n)
const rootsOf = (power) => Int32Array.from(primes, (prime) => (prime ** power % 1) * 2 ** 32)
const START = rootsOf(1 / 2).slice(0, 8)
const ROUND = rootsOf(1 / 3)
const schedule = new Int32Array(64)

const turn = (x, n) => (x >>> n) | (x << (32 - n))

/** Mixes one block of 64 bytes into the state. */
function addBlock(state, view, at) {
  const w = schedule
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + i * 4)
  for (let i = 16; i < 64; i++) {
    const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3)
    const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10)
    w[i] = w[i - 16] + s0 + w[i - 7] + s1
  }
  let a = state[0],
    b = state[1],
    c = state[2],
    d = state[3],
    e = state[4],
    f = state[5],
    g = state[6],
    h = state[7]
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0
    const t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
  state[5] += f
  state[6] += g
  state[7] += h
}

/** Hashes ASCII texts that begin alike: blocks of the beginning are mixed once. Returns the first 32 bits. */
export function hasherOf(beginning) {
  const bytes = new Uint8Array((((beginning.length + 24) >> 6) + 1) * 64)
  const view = new DataView(bytes.buffer)
  const whole = beginning.length & ~63
  const known = START.slice()
  const put = (text, at) => {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  }
  put(beginning, 0)
  for (let at = 0; at < whole; at += 64) addBlock(known, view, at)
  const state = new Int32Array(8)
  return (ending) => {
    const length = beginning.length + ending.length
    const end = ((length + 8) >> 6) * 64 + 64
    put(ending, beginning.length)
    bytes.fill(0, length, end)
    bytes[length] = 0x80
    view.setInt32(end - 4, length * 8)
    state.set(known)
    for (let at = whole; at < end; at += 64) addBlock(state, view, at)
    return state[0]
  }
}

/** The number, as text. Works in slices of less than a frame, so that typing stays smooth. */
export async function solve(token, bits) {
  const hash = hasherOf(`${token}.`)
  for (let number = 0; ; ) {
    for (const until = performance.now() + 10; performance.now() < until; ) {
      for (let i = 0; i < 100; i++, number++) if (Math.clz32(hash(`${number}`)) >= bits) return `${number}`
    }
    await new Promise((resolve) => setTimeout(resolve))
  }
}
