// A seller as the world sees it: the same in answers, in the change feed and in webhooks.
import { encodeTypeId } from '../type-id.ts'
import type { Seller } from './seller.ts'

/** The wire form of a seller. */
export function toUser({ skills, ...seller }: Seller) {
  return {
    ...seller,
    id: encodeTypeId('user', seller.id),
    skills: Object.entries(skills)
      .map(([skill, level]) => ({ skill, level }))
      .sort((a, b) => (a.skill < b.skill ? -1 : 1)),
    etag: `"v${seller.version}"`,
  }
}
