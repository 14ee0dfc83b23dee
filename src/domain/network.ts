// The network of a visitor instead of the address: /24 for IPv4, /48 for IPv6. Enough to see a burst from one place,
// too little to single out a person.
import ipaddr from 'ipaddr.js'

/** Prefix text such as `203.0.113.0/24`; `unknown` when there is no address (a local socket). */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  const bytes = parsed.toByteArray()
  const keep = parsed.kind() === 'ipv4' ? 3 : 6
  const network = ipaddr.fromByteArray(bytes.map((byte, i) => (i < keep ? byte : 0)))
  return `${network.toString()}/${keep * 8}`
}
