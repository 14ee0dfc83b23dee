/**
 * Keyset cursors: the sort values and id of the last row, bound to filter and sort, under a MAC. A cursor from another
 * query, another workspace or somebody's editor is refused; nothing in it has to be trusted.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { ApiError } from '../errors.ts'

const VERSION = 'c1'

/** Where a page ended: the values of the sort keys, the id last. */
export type CursorPosition = (string | number | null)[]

/** What a cursor belongs to: anything that selects or orders the rows, the workspace included. */
export interface CursorScope {
  secret: Buffer
  workspaceId: string
  operation: string
  query: unknown
}

function macOf(scope: CursorScope, part: string, text: string): Buffer {
  return createHmac('sha256', scope.secret)
    .update(`${VERSION}|${part}|${scope.workspaceId}|${text}`)
    .digest()
    .subarray(0, 12)
}

const digestOf = (scope: CursorScope) =>
  macOf(scope, 'query', `${scope.operation}|${JSON.stringify(scope.query)}`).toString('base64url')

/** The opaque text of a position. */
export function writeCursor(scope: CursorScope, position: CursorPosition): string {
  const body = Buffer.from(JSON.stringify([digestOf(scope), ...position])).toString('base64url')
  return `${VERSION}.${body}.${macOf(scope, 'cursor', body).toString('base64url')}`
}

/** The position in a cursor; 400 `invalid_cursor` when it was not made by us, `cursor_mismatch` when for another query. */
export function readCursor(scope: CursorScope, cursor: string): CursorPosition {
  const [version, body, mac] = cursor.split('.')
  if (version !== VERSION || body === undefined || mac === undefined) throw invalidCursor()
  const given = Buffer.from(mac, 'base64url')
  const expected = macOf(scope, 'cursor', body)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalidCursor()
  const [digest, ...position] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, ...CursorPosition]
  if (digest !== digestOf(scope)) {
    throw new ApiError(
      'cursor_mismatch',
      'This cursor belongs to a query with another filter or sort; start without a cursor.',
    )
  }
  return position
}

function invalidCursor(): ApiError {
  return new ApiError('invalid_cursor', 'This is not a cursor of this service; start without a cursor.', {
    items: [{ code: 'invalid_cursor', detail: 'Not a cursor of this service.', pointer: null, parameter: 'cursor' }],
  })
}

/** A page from one row more than asked for. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorAfter: (row: Row) => string,
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return { data: shown.map(toItem), has_more: more, next_cursor: more ? cursorAfter(last) : null }
}
