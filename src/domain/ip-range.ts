// Networks that may use an API key: CIDR, or one address. Written forms that programs read differently (octal parts,
// missing parts, zones, IPv4 inside IPv6) are refused, because a list that means something else than it says protects nobody.
import ipaddr from 'ipaddr.js'
import { type Refusal, refuse } from './normalize/verdict.ts'

const BITS = { ipv4: 32, ipv6: 128 } as const

/** The canonical text of a network: host bits cleared, one address as `/32` or `/128`. */
export function normalizeIpRange(raw: string): { ok: true; value: string } | Refusal<'invalid_ip_range'> {
  const [address = '', length, ...rest] = raw.trim().split('/')
  const isWritten =
    ipaddr.IPv4.isValidFourPartDecimal(address) || (ipaddr.IPv6.isValid(address) && !address.includes('%'))
  if (!isWritten || rest.length > 0) return refuse('invalid_ip_range', HOW)
  const parsed = ipaddr.parse(address)
  const bits = BITS[parsed.kind()]
  if (length !== undefined && !(/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits)) {
    return refuse('invalid_ip_range', `The prefix length must be between 0 and ${bits}.`)
  }
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress()) {
    return refuse('invalid_ip_range', 'Write an IPv4 network as IPv4.')
  }
  const prefix = length === undefined ? bits : Number(length)
  return { ok: true, value: `${networkOf(parsed.toByteArray(), prefix)}/${prefix}` }
}

const HOW = 'Must be an IPv4 or IPv6 network such as 203.0.113.0/24 or 2001:db8::/32.'

function networkOf(bytes: number[], prefix: number): string {
  const kept = bytes.map((byte, i) => byte & (0xff << Math.min(8, Math.max(0, 8 * (i + 1) - prefix))))
  return ipaddr.fromByteArray(kept).toString()
}

/** True when an address is in one of the canonical networks; an address that is none (a local socket) never is. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return ranges.some((range) => {
    const [network, prefix] = ipaddr.parseCIDR(range)
    return network.kind() === parsed.kind() && parsed.match(network, prefix)
  })
}

/** True when every address of a canonical network is in one of the others; no networks at all means any address. */
export function isCovered(range: string, by: readonly string[]): boolean {
  if (by.length === 0) return true
  const [network, prefix] = ipaddr.parseCIDR(range)
  return by.some((outer) => Number(outer.split('/')[1]) <= prefix && isInRanges(network.toString(), [outer]))
}
