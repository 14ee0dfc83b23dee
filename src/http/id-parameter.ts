/** Ids of the wire -> uuids. The schema has checked the pattern; an id of another kind is simply not there. */
import { decodeTypeId, type IdKind } from '../domain/type-id.ts'
import { notFound } from '../errors.ts'

/** The uuid of an id of this kind; 404 when it is none. */
export function requireId(kind: IdKind, id: string): string {
  const uuid = decodeTypeId(kind, id)
  if (uuid === undefined) throw notFound(kind)
  return uuid
}
