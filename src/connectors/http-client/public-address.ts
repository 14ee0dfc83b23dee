/** Which addresses the service may call: the public internet, and nothing that could be a machine behind our walls. */
import ipaddr from 'ipaddr.js'

/** Global unicast of IPv6; everything outside (mapped, compatible, NAT64, local) is another way to name a machine inside. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')

/** True for a textual IP address that is public. Names and malformed texts are not. */
export function isPublicAddress(address: string): boolean {
  // The library takes the old IPv4-compatible form (`::8.8.8.8`) for the mapped one.
  if (!ipaddr.isValid(address) || /^::\d+\./.test(address)) return false
  // IPv4 inside IPv6 is judged as the IPv4 address that it is.
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6)
}

/** True when a host of a URL is an address, not a name: `[::1]`, `127.0.0.1` (URL parsing has undone octal, hex and the rest). */
export function isAddressLiteral(hostname: string): boolean {
  return ipaddr.isValid(withoutBrackets(hostname))
}

/** The address inside the brackets of an IPv6 host. */
export const withoutBrackets = (hostname: string) => hostname.replace(/^\[|\]$/g, '')
