/** How the objects of distribution come to be. */
import type { Call } from './openapi-world.ts'

/** Prefix of an id -> how an object with such an id comes to be. */
export const DISTRIBUTION_MAKERS = {
  user: async (call: Call, count: number) => (await call('POST', '/v1/users', { name: `Seller ${count}` })).json().id,
}
