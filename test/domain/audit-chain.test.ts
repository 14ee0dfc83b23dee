import fc from 'fast-check'
import t from 'tap'
import { type AuditEntry, CHAIN_START, chainEntries, walkChain } from '../../src/domain/audit-chain.ts'
import { canonicalJson, describeDifference } from '../../src/domain/audit-entry.ts'

const entry: Omit<AuditEntry, 'sequence'> = {
  workspace_id: '00000000-0000-7000-8000-000000000001',
  id: '00000000-0000-7000-8000-000000000002',
  occurred_at: '2026-11-22T05:28:00.123Z',
  actor: 'key_1',
  action: 'form.updated',
  object: 'form',
  object_id: 'contact',
  before: { title: 'Old' },
  after: { title: 'New' },
  before_hash: null,
  after_hash: null,
  request_id: null,
  ip_prefix: null,
}

t.test('the hash of an entry is fixed for ever', async (t) => {
  const { end } = chainEntries(CHAIN_START, [entry, entry])
  // Entries of years ago must still match: a change here breaks every log there is.
  t.strictSame(end, { sequence: 2, hash: '80f25f58c40af6feb8b172cb66f645a86b9c004900ce931f355ac12e511c073f' })
})

t.test('any change of any field breaks the chain at that entry', async (t) => {
  const { chained } = chainEntries(CHAIN_START, [entry, entry, entry])
  t.equal(walkChain(CHAIN_START, chained).break, null)
  for (const field of Object.keys(entry) as (keyof typeof entry)[]) {
    const forged = chained.map((one, i) =>
      i === 1 ? { ...one, [field]: field === 'after' ? { title: 'Forged' } : 'x' } : one,
    )
    t.match(walkChain(CHAIN_START, forged).break, { sequence: 2, reason: 'altered' }, field)
  }
  const [first, second, third] = chained
  t.ok(first && second && third)
  if (!first || !second || !third) return
  t.match(walkChain(CHAIN_START, [first, third]).break, { sequence: 2, reason: 'missing' })
  t.match(walkChain(CHAIN_START, [second, third]).break, { sequence: 1, reason: 'missing' })
  t.match(walkChain(CHAIN_START, [{ ...second, sequence: 1 }]).break, { sequence: 1, reason: 'unlinked' })
})

t.test('equal values have equal text, whatever the order of their members', async () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, shuffled(member)]),
    )
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => canonicalJson(value) === canonicalJson(shuffled(value))),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => canonicalJson(JSON.parse(canonicalJson(value))) === canonicalJson(value)),
    { numRuns: 2_000 },
  )
})

t.test('a difference shows what changed, and never a secret', async (t) => {
  const before = { title: 'Old', same: 1, client_secret: 'a', nested: { api_token: 'b', url: 'x' }, gone: true }
  const after = { title: 'New', same: 1, client_secret: 'c', nested: { api_token: 'd', url: 'x' }, come: [] }
  const difference = describeDifference(before, after)
  t.strictSame(difference.before, { title: 'Old', client_secret: '***', gone: true })
  t.strictSame(difference.after, { title: 'New', client_secret: '***', come: [] })
  t.match(difference, { before_hash: /^[0-9a-f]{64}$/, after_hash: /^[0-9a-f]{64}$/ })

  t.match(describeDifference(null, after), { before: {}, before_hash: null })
  t.match(describeDifference(before, null), { after: {}, after_hash: null })
  const long = describeDifference(null, { text: 'x'.repeat(5_000) })
  t.strictSame(Object.keys(long.after['text'] as object), ['length', 'sha256'])
  t.strictSame(describeDifference(before, { ...before }).after, {}, 'nothing changed')
})
