/** A stored change as the world sees it: an item of the change feed, and the body of a webhook. */
import { encodeTypeId, ID_PREFIX, type IdKind } from '../domain/type-id.ts'

export interface ChangeRow {
  sequence: number
  id: string
  type: string
  object: string
  object_id: string
  actor: string
  origin: string | null
  occurred_at: string
  data: Record<string, unknown>
}

/** Objects that are called otherwise than their ids; a document of settings has the id of its workspace. */
const KIND_OF: Record<string, IdKind> = { form_submission: 'submission', custom_fields: 'workspace', mail: 'workspace' }

/** The wire form of a stored change. */
export function toChangeEvent({ occurred_at, id, object_id, ...row }: ChangeRow) {
  const kind = KIND_OF[row.object] ?? (row.object as IdKind)
  return {
    ...row,
    id: encodeTypeId('change', id),
    timestamp: occurred_at,
    object_id: kind in ID_PREFIX ? encodeTypeId(kind, object_id) : object_id,
  }
}
