import { Type } from 'typebox'
import { ok } from '../../../http/answers.ts'
import { closing } from '../../../http/closing.ts'
import { defineRoute } from '../../../http/route.ts'
import { Int, query, Repeated, ref, Slug } from '../../../http/schema.ts'
import { ChangePage, toChangeEvent } from '../change-schemas.ts'
import { readFeed, startOf, typesOf } from '../read-feed.ts'

export const listChanges = defineRoute({
  method: 'GET',
  url: '/changes',
  operationId: 'listChanges',
  summary: 'Read the change feed',
  description:
    'Every change of the workspace, in order and without gaps. Start with `cursor=earliest` (or `latest`), then pass `next_cursor`. ' +
    'At least once: remember the last sequence that you handled. `wait_seconds` holds the request until something happens. ' +
    'With a filter a page may be empty although `has_more` is true: the cursor has moved past what did not match, so go on. ' +
    'Nothing expires unless the workspace sets a retention; then an older cursor is answered with 410: start again from `earliest`, which is the oldest that is kept, and read anew what you mirror.',
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
  problems: [410],
  handle: async (ctx, { caller, query: given, request }) => {
    const { workspaceId } = caller
    const filter = { types: typesOf(given.types), notFrom: given.exclude_origin ?? null }
    const after = await startOf(ctx, workspaceId, given.cursor)
    const { rows, ...place } = await readFeed(ctx, workspaceId, after, filter, {
      limit: given.limit,
      waitMs: given.wait_seconds * 1000,
      signal: AbortSignal.any([request.signal, closing(ctx).signal]),
    })
    return ok({ data: rows.map(toChangeEvent), ...place })
  },
})
