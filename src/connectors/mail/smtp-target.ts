/** Where the mail server of a tenant really is: looked up by us, public, and then connected by address (no rebinding). */

import type { TargetRules } from '../http-client/check-target.ts'
import { AddressRefused, type Resolve, resolveBySystem } from '../http-client/guarded-connect.ts'
import { isAddressLiteral, isPublicAddress } from '../http-client/public-address.ts'

/** Address to connect to, and the name that its certificate must have; throws AddressRefused. */
export async function lookUpServer(
  host: string,
  port: number,
  rules: TargetRules,
  resolve: Resolve = resolveBySystem,
): Promise<{ host: string; servername: string | null }> {
  if (rules.trusted.has(`${host}:${port}`)) return { host, servername: null }
  const addresses = await new Promise<{ address: string }[]>((done, fail) =>
    resolve(host, (error, found) => (error === null ? done(found) : fail(error))),
  )
  const [first] = addresses
  if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new AddressRefused('the mail server has an address that may not be called')
  }
  return { host: first.address, servername: isAddressLiteral(host) ? null : host }
}
