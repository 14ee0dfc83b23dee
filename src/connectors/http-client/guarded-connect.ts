/**
 * Connections of the outbound client. Each name is resolved by us and every address it has must be public; the address
 * of the open socket is looked at once more before a byte of the request is written. A name that changes its answer
 * between the look and the connection (DNS rebinding) gains nothing: what was looked at is what is connected.
 */
import dns from 'node:dns'
import type { LookupFunction, Socket } from 'node:net'
import { buildConnector } from 'undici'
import { isPublicAddress } from './public-address.ts'

/** The name or the socket led to an address that may not be called. */
export class AddressRefused extends Error {}

export type Resolve = (
  hostname: string,
  done: (error: Error | null, addresses: { address: string; family: number }[]) => void,
) => void

/** The system's resolver: hosts file and DNS. */
export const resolveBySystem: Resolve = (hostname, done) =>
  dns.lookup(hostname, { all: true, verbatim: true }, (error, addresses) => done(error, addresses ?? []))

/** A lookup for net.connect that fails when any address of the name is not public. */
export function guardLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses
      if (error !== null) callback(error, [])
      else if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        callback(new AddressRefused('the name has an address that may not be called'), [])
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Destroys a socket that is connected to anything but a public address. */
export function guardSocket(socket: Socket): AddressRefused | null {
  if (socket.remoteAddress !== undefined && isPublicAddress(socket.remoteAddress)) return null
  const refused = new AddressRefused('the connection led to an address that may not be called')
  socket.destroy(refused)
  return refused
}

/** A connector for undici with both guards. */
export function guardedConnector(resolve: Resolve, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: guardLookup(resolve) })
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error !== null || socket === null) {
        callback(error ?? new Error('no connection'), null)
        return
      }
      const refused = guardSocket(socket)
      if (refused === null) callback(null, socket)
      else callback(refused, null)
    })
}
