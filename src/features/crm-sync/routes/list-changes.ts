import { Type } from 'typebox'
import type { Ctx } from '../../../ctx.ts'
import { ApiError } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { Int, query, Repeated, ref, Slug } from '../../../http/schema.ts'
import { type ChangeRow, findLastSequence, listChanges as listRows } from '../change-queries.ts'
import { ChangePage, toChangeEvent } from '../change-schemas.ts'

/** Pause between two looks of a long poll, in milliseconds. */
const LOOK_MS = 250

export const listChanges = defineRoute({
  method: 'GET',
  url: '/changes',
  operationId: 'listChanges',
  summary: 'Read the change feed',
  description:
    'Every change of the workspace, in order, without gaps and without expiry. Start with `cursor=earliest` (or `latest`), then pass `next_cursor`. ' +
    'At least once: remember the last sequence that you handled. `wait_seconds` holds the request until something happens.',
  access: {
    auth: 'secret',
    scope: 'integrations:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: true,
  },
  query: query({
    cursor: Type.Optional(
      Type.String({
        pattern: '^(earliest|latest|[0-9]{1,15})$',
        maxLength: 16,
        description: '`earliest` (default), `latest`, or `next_cursor`.',
        examples: ['earliest'],
      }),
    ),
    types: Repeated(
      Type.String({
        pattern: '^[a-z_]+\\.([a-z_]+|\\*)$',
        maxLength: 64,
        description: 'A type, or all of an object: `lead.*`.',
        examples: ['lead.*'],
      }),
      { description: 'Only these types.' },
    ),
    exclude_origin: Type.Optional(
      Slug({ description: 'Leave out the changes of this integration.', examples: ['hubspot'] }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 100,
      format: 'int32',
      description: 'Most changes to return.',
      examples: [100],
    }),
    wait_seconds: Int(0, 30, {
      description: 'Wait up to this long when there is nothing yet.',
      default: 0,
      examples: [20],
    }),
  }),
  responses: { 200: { description: 'What follows the cursor.', schema: ref(ChangePage) } },
  handle: async (ctx, { caller, query: given, request }) => {
    const after = await startOf(ctx, caller.workspaceId, given.cursor)
    const patterns = given.types?.map((type) => type.replaceAll('_', '\\_').replace('*', '%')) ?? null
    const read = () =>
      listRows(ctx.db, caller.workspaceId, after, patterns, given.exclude_origin ?? null, given.limit + 1)
    let rows = await read()
    const deadline = performance.now() + given.wait_seconds * 1000
    while (rows.length === 0 && performance.now() < deadline && !request.raw.destroyed) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      rows = await read()
    }
    return ok(pageOf(rows, after, given.limit))
  },
})

async function startOf(ctx: Ctx, workspaceId: string, cursor: string | undefined): Promise<number> {
  if (cursor === undefined || cursor === 'earliest') return 0
  const last = await findLastSequence(ctx.db, workspaceId)
  if (cursor === 'latest') return last
  if (Number(cursor) > last)
    throw new ApiError('invalid_cursor', 'The feed has not come that far; use next_cursor of an answer.')
  return Number(cursor)
}

function pageOf(rows: ChangeRow[], after: number, limit: number) {
  const shown = rows.slice(0, limit)
  return {
    data: shown.map(toChangeEvent),
    has_more: rows.length > limit,
    next_cursor: String(shown.at(-1)?.sequence ?? after),
  }
}
