// The network of a visitor instead of the address: /24 for IPv4, /48 for IPv6. Enough to see a burst from one place,
// too little to single out a person.
import ipaddr from 'ipaddr.js'

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
/** An IPv4 address as sockets write it, mapped into IPv6 or not: nearly all there are, read ten times as fast. */
const DOTTED = new RegExp(`^(?:::ffff:)?(${OCTET}\\.${OCTET}\\.${OCTET})\\.${OCTET}$`)

/** Prefix text such as `203.0.113.0/24`; `unknown` when there is no address (a local socket). */
export function networkOf(address: string): string {
  const plain = DOTTED.exec(address)
  if (plain !== null) return `${plain[1]}.0/24`
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  const bytes = parsed.toByteArray()
  const keep = parsed.kind() === 'ipv4' ? 3 : 6
  const network = ipaddr.fromByteArray(bytes.map((byte, i) => (i < keep ? byte : 0)))
  return `${network.toString()}/${keep * 8}`
}

const LOCAL_RANGES = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat', 'unspecified'])

/** True for a prefix of this machine or its own network, and for none at all: not a visitor's, but a proxy's or a test's. */
export function isLocalNetwork(prefix: string): boolean {
  const address = prefix.split('/')[0] ?? ''
  return !ipaddr.isValid(address) || LOCAL_RANGES.has(ipaddr.process(address).range())
}
