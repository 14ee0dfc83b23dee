// Ids on the wire, beside arithmetic on the whole number that is too slow to use.
import fc from 'fast-check'
import t from 'tap'
import { decodeTypeId, encodeTypeId, formatUuid, ID_PREFIX } from '../../src/domain/type-id.ts'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

function encodeSlowly(uuid: string): string {
  let rest = BigInt(`0x${uuid.replaceAll('-', '')}`)
  let text = ''
  for (let i = 0; i < 26; i++, rest /= 32n) text = ALPHABET[Number(rest % 32n)] + text
  return `lead_${text}`
}

t.test('every uuid has one id and comes back', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const hex = Buffer.from(bytes).toString('hex')
      const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      const id = encodeTypeId('lead', uuid)
      return formatUuid(bytes) === uuid && id === encodeSlowly(uuid) && decodeTypeId('lead', id) === uuid
    }),
    { numRuns: 2_000 },
  )
  const highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  t.equal(encodeTypeId('lead', highest), 'lead_7zzzzzzzzzzzzzzzzzzzzzzzzz')
  t.equal(decodeTypeId('lead', 'lead_7zzzzzzzzzzzzzzzzzzzzzzzzz'), highest)
})

t.test('what is not an id of the kind is refused', async (t) => {
  const good = encodeTypeId('lead', '0192f5a4-7c1e-7d3b-9a10-5b6c7d8e9f00')
  for (const [why, text] of [
    ['another kind', good.replace('lead', 'acct')],
    ['more than 128 bits', `lead_8${good.slice(6)}`],
    ['a letter that the alphabet leaves out', `${good.slice(0, -1)}u`],
    ['upper case', good.toUpperCase().replace('LEAD', 'lead')],
    ['a letter beyond ASCII', `${good.slice(0, -1)}é`],
    ['too short', good.slice(0, -1)],
    ['too long', `${good}0`],
    ['no underscore', good.replace('_', '-')],
    ['nothing', ''],
  ] as const) {
    t.equal(decodeTypeId('lead', text), undefined, why)
  }
  t.ok(Object.values(ID_PREFIX).every((prefix) => /^[a-z]+$/.test(prefix)))
})
