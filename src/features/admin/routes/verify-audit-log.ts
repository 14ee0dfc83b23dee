import { Type } from 'typebox'
import { ApiError } from '../../../errors.ts'
import { ok } from '../../../http/answers.ts'
import { defineRoute } from '../../../http/route.ts'
import { Int, query, ref } from '../../../http/schema.ts'
import { AuditVerification, Sequence, Sha256, toAuditVerification } from '../audit-schemas.ts'
import { verifyChain } from '../audit-verification.ts'

export const verifyAuditLog = defineRoute({
  method: 'GET',
  url: '/audit-log/verification',
  operationId: 'verifyAuditLog',
  summary: 'Verify the audit log',
  description:
    'Walks the hash chain and names the first entry that is missing, altered or does not link. A long log takes several calls: ' +
    'go on with `next_sequence`. Who can rewrite the database can rewrite the chain as a whole: note `head_sequence` and ' +
    '`head_hash` elsewhere and pass them as `known_sequence` and `known_hash` later.',
  access: {
    auth: 'secret',
    scope: 'audit:read',
    tenant_bound: true,
    idempotent: false,
    rate_class: 'default',
    pii_out: false,
  },
  query: query({
    from_sequence: Int(1, Number.MAX_SAFE_INTEGER, { description: 'First entry to check.', default: 1, examples: [1] }),
    known_sequence: Type.Optional(Sequence('Number of an entry that you noted earlier.')),
    known_hash: Type.Optional(Sha256('Hash of that entry.')),
  }),
  responses: { 200: { description: 'What was found.', schema: ref(AuditVerification) } },
  handle: async (ctx, { caller, query: { from_sequence, known_sequence, known_hash } }) => {
    const known = linkOf(known_sequence, known_hash)
    return ok(toAuditVerification(await verifyChain(ctx.db, caller.workspaceId, from_sequence, known)))
  },
})

function linkOf(sequence: number | undefined, hash: string | undefined) {
  if (sequence !== undefined && hash !== undefined) return { sequence, hash }
  if (sequence === undefined && hash === undefined) return null
  throw new ApiError('validation_failed', 'known_sequence and known_hash go together.', {
    items: [{ code: 'required', detail: 'Give both or neither.', pointer: null, parameter: 'known_hash' }],
  })
}
