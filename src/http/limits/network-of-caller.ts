/** The network that a request without a secret key is counted under; an inside address is not a visitor's. */
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { networkOf } from '../../domain/network.ts'

/** Parsing costs 2 us, and visitors come back. */
const known = new LRUCache<string, { network: string | null }>({ max: 10_000 })

/** Ranges of `ipaddr.js` in which our own proxies and servers are. */
const INSIDE = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal', 'carrierGradeNat', 'unspecified'])

/**
 * The prefix of an address on the internet, null for one inside: behind a proxy that nobody declared, all visitors would
 * share one budget, and leads be refused. TRUST_PROXY_HOPS tells whose address is believed.
 */
export function networkOfCaller(address: string): string | null {
  const remembered = known.get(address)
  if (remembered !== undefined) return remembered.network
  const isPublic = ipaddr.isValid(address) && !INSIDE.has(ipaddr.process(address).range())
  const network = isPublic ? networkOf(address) : null
  known.set(address, { network })
  return network
}
