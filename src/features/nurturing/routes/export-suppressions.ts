import { Type } from 'typebox'
import { toSuppression } from '../../../domain/mail/suppression-row.ts'
import { readCursor, writeCursor } from '../../../http/paging.ts'
import { defineRoute } from '../../../http/route.ts'
import { CursorParameter, query } from '../../../http/schema.ts'
import { OUTREACH_READ_PEOPLE } from '../access.ts'
import { listSuppressions } from '../suppression-queries.ts'

/** Rows of one answer: 1 MB. */
const ROWS = 10_000
const COLUMNS = ['kind', 'value', 'scope', 'purpose', 'reason', 'note', 'created_at'] as const

/** A cell that a spreadsheet neither splits nor calculates. */
function cell(value: string | null): string {
  const text = value === null ? '' : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const exportSuppressions = defineRoute({
  method: 'GET',
  url: '/suppressions/export',
  operationId: 'exportSuppressions',
  summary: 'Export suppressions',
  description:
    'All suppressions that hold, as CSV, newest first, 10,000 at once; `Link: rel="next"` leads to the others. A leading `=`, `+`, `-` or `@` gets an ' +
    'apostrophe, so that no spreadsheet calculates it.',
  access: { ...OUTREACH_READ_PEOPLE, rate_class: 'export' },
  query: query({ cursor: CursorParameter }),
  responses: {
    200: {
      description: 'The list.',
      schema: Type.String({
        description: 'CSV with a header line.',
        maxLength: 20_000_000,
        pattern: '^[^\\x00]*$',
        examples: ['kind,value'],
      }),
      contentType: 'text/csv',
    },
  },
  handle: async (ctx, { caller, query: { cursor } }) => {
    const scope = { secret: ctx.secret, workspaceId: caller.workspaceId, operation: 'exportSuppressions', query: null }
    const before = cursor === undefined ? null : (readCursor(scope, cursor) as [string, string])
    const filter = { value: null, reason: null, lifted: false }
    const rows = await listSuppressions(ctx.db, caller.workspaceId, filter, before, ROWS + 1)
    const shown = rows.slice(0, ROWS)
    const lines = shown.map(toSuppression).map((row) => COLUMNS.map((column) => cell(row[column])).join(','))
    const last = shown.at(-1)
    const more = rows.length > ROWS && last !== undefined
    const next = more
      ? `</v1/suppressions/export?cursor=${writeCursor(scope, [last.created_at, last.id])}>; rel="next"`
      : null
    return {
      status: 200,
      body: `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`,
      headers: { 'content-type': 'text/csv; charset=utf-8', ...(next !== null && { link: next }) },
    }
  },
})
