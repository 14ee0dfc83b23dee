/** What became of one write to a lead or an account, and the problem that its caller is told when nothing did. */
import type { IdKind } from '../domain/type-id.ts'
import { encodeTypeId } from '../domain/type-id.ts'
import { ApiError, notFound } from '../errors.ts'

export type WriteResult<T> = Written<T> | Refused

export interface Written<T> {
  outcome: 'created' | 'updated' | 'unchanged'
  record: T
}

export type Refused =
  | { outcome: 'not_found' }
  /** There is one, and the caller wanted to create. */
  | { outcome: 'exists' }
  | { outcome: 'stale' }
  /** Another record has an identity that only one can have. */
  | { outcome: 'duplicate'; existing_id: string }
  | { outcome: 'too_many'; field: string; limit: number }

/** Whether something was written, or was there already as it should be. */
export function isWritten<T>(result: WriteResult<T>): result is Written<T> {
  return 'record' in result
}

/** The problem of a refused write; `what` tells which values are alike. */
export function problemOf(kind: IdKind, what: string, result: Refused): ApiError {
  switch (result.outcome) {
    case 'not_found':
      return notFound(kind)
    case 'exists':
      return new ApiError('precondition_failed', `The ${kind} exists, and If-None-Match: * only creates.`)
    case 'stale':
      return new ApiError('precondition_failed', `The ${kind} has changed since you read it; read it again.`)
    case 'duplicate':
      return new ApiError('duplicate', `Another ${kind} has this ${what}.`, {
        extra: { existing_id: encodeTypeId(kind, result.existing_id) },
      })
    case 'too_many': {
      const { field, limit } = result
      const detail = `Would have more than ${limit} members.`
      return new ApiError('unprocessable', `${field}: ${detail}`, {
        items: [{ code: 'too_many', detail, pointer: `/${field}`, parameter: null }],
      })
    }
  }
}
