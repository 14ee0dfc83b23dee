import fc from 'fast-check'
import t from 'tap'
import { isExclusive, matchIdentity, matchNobody } from '../../src/domain/identity.ts'
import { type Identity, identitiesOf } from '../../src/domain/intake.ts'
import type { LeadFacts } from '../../src/domain/lead.ts'

const EMAIL: Identity = { kind: 'email', value: 'ada@example.org' }
const PHONE: Identity = { kind: 'phone', value: '+4930901820' }
const CRM: Identity = { kind: 'external:crm', value: '1' }

/** A world in which identities belong to leads; a lead has an e-mail unless it is said otherwise. */
function world(owners: [Identity, string][], withoutEmail: string[] = []) {
  return (identity: Identity) => {
    const owner = owners.find(([known]) => known.kind === identity.kind && known.value === identity.value)?.[1]
    if (owner === undefined) return undefined
    return { id: owner, email: withoutEmail.includes(owner) ? null : `${owner}@example.org` } as LeadFacts
  }
}

t.test('nobody knows a stranger', async (t) => {
  t.strictSame(matchIdentity([EMAIL, PHONE], world([])), { lead_id: null, rule: null, rejected: [], conflict: null })
})

t.test('an external id is stronger than an e-mail, an e-mail than a phone', async (t) => {
  t.match(
    matchIdentity(
      [CRM, EMAIL, PHONE],
      world([
        [PHONE, 'c'],
        [CRM, 'a'],
      ]),
    ),
    { lead_id: 'a', rule: 'external:crm' },
  )
  t.match(
    matchIdentity(
      [EMAIL, PHONE],
      world([
        [PHONE, 'c'],
        [EMAIL, 'b'],
      ]),
    ),
    { lead_id: 'b', rule: 'email' },
  )
})

t.test('a phone alone joins nobody who has another e-mail', async (t) => {
  const verdict = matchIdentity([EMAIL, PHONE], world([[PHONE, 'c']]))
  t.match(verdict, { lead_id: null, rejected: [{ lead_id: 'c', reason: 'same_phone_other_email' }] })
  t.match(matchIdentity([PHONE], world([[PHONE, 'c']])), { lead_id: 'c' })
  t.match(matchIdentity([EMAIL, PHONE], world([[PHONE, 'c']], ['c'])), { lead_id: 'c' })
})

t.test(
  'an external id and an e-mail of two leads contradict each other; a phone of another lead does not',
  async (t) => {
    t.match(
      matchIdentity(
        [CRM, EMAIL],
        world([
          [CRM, 'a'],
          [EMAIL, 'b'],
        ]),
      ),
      { lead_id: 'a', conflict: 'b' },
    )
    t.match(
      matchIdentity(
        [EMAIL, PHONE],
        world([
          [EMAIL, 'a'],
          [PHONE, 'b'],
        ]),
      ),
      { lead_id: 'a', conflict: null },
    )
  },
)

t.test('a second lead on purpose may share an e-mail but no external id', async (t) => {
  t.match(matchNobody([EMAIL], world([[EMAIL, 'a']])), { lead_id: null, conflict: null })
  t.match(matchNobody([CRM, EMAIL], world([[CRM, 'a']])), { lead_id: null, conflict: 'a' })
})

t.test('the verdict depends on who has what, not on the order of equal identities', async () => {
  const owners = fc.array(fc.tuple(fc.constantFrom(EMAIL, PHONE, CRM), fc.constantFrom('a', 'b', 'c')), {
    maxLength: 3,
  })
  fc.assert(
    fc.property(owners, (known) => {
      const leadOf = world(known)
      const verdict = matchIdentity([CRM, EMAIL, PHONE], leadOf)
      const doubled = matchIdentity([CRM, CRM, EMAIL, EMAIL, PHONE], leadOf)
      return verdict.lead_id === doubled.lead_id && verdict.conflict === doubled.conflict
    }),
  )
})

t.test('every spelling of an address is one identity', async (t) => {
  const valuesOf = (email: string) => identitiesOf({ email }, []).map(({ value }) => value)
  t.strictSame(valuesOf('Ada.Lovelace+news@GMail.com'), valuesOf('adalovelace@googlemail.com'))
  t.strictSame(valuesOf('ADA@example.org'), valuesOf('ada@EXAMPLE.org'))
  t.ok(isExclusive(EMAIL))
  t.ok(isExclusive(CRM))
  t.notOk(isExclusive(PHONE))
})

t.test('a phone outside of all known ranges identifies nobody', async (t) => {
  const kindsOf = (phone: string) => identitiesOf({ phone }, []).map(({ kind }) => kind)
  t.strictSame(kindsOf('+4930901820'), ['phone'])
  t.strictSame(kindsOf('+19995550100'), [], 'a number that can be stored, in no area that exists')
})
