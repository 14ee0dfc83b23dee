import t from 'tap'
import { findExcess, type KeyPower } from '../../src/domain/api-key-power.ts'
import { isCovered, isInRanges, normalizeIpRange } from '../../src/domain/ip-range.ts'

t.test('networks are stored in one form, and odd spellings are refused', async (t) => {
  const good: [string, string][] = [
    ['203.0.113.77', '203.0.113.77/32'],
    [' 203.0.113.77/24 ', '203.0.113.0/24'],
    ['10.255.255.255/9', '10.128.0.0/9'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::1', '2001:db8::1/128'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['::/0', '::/0'],
  ]
  for (const [raw, value] of good) t.strictSame(normalizeIpRange(raw), { ok: true, value }, raw)
  const bad = [
    '',
    '127.1',
    '0x7f.0.0.1',
    '010.0.0.1',
    '2130706433',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/08',
    '1.2.3.4/',
  ]
  bad.push(
    '1.2.3.4/24/1',
    '1.2.3.256',
    '::ffff:1.2.3.4',
    '::ffff:1.2.3.0/120',
    'fe80::1%eth0',
    '::/129',
    'example.org',
    '10.0.0.0-10.0.0.9',
  )
  for (const raw of bad) t.match(normalizeIpRange(raw), { ok: false, code: 'invalid_ip_range' }, raw)
})

t.test('an address is in its network, in whatever family a socket shows it', async (t) => {
  const ranges = ['203.0.113.0/24', '2001:db8::/32']
  for (const address of ['203.0.113.0', '203.0.113.255', '::ffff:203.0.113.9', '2001:db8:ffff::1']) {
    t.ok(isInRanges(address, ranges), address)
  }
  for (const address of ['203.0.114.0', '2001:db9::', 'unknown', '']) {
    t.notOk(isInRanges(address, ranges), address)
  }
  t.ok(isCovered('203.0.113.64/26', ranges))
  t.notOk(isCovered('203.0.0.0/16', ranges), 'a wider one is not')
  t.ok(isCovered('0.0.0.0/0', []), 'no list is no limit')
})

t.test('a key may make less than itself, and nothing more', async (t) => {
  const narrow: KeyPower = {
    kind: 'restricted',
    scopes: ['keys:write', 'leads:read'],
    allowed_ips: ['10.0.0.0/8'],
    expires_at: '2027-01-01T00:00:00.000Z',
  }
  t.strictSame(findExcess(narrow, narrow), [])
  t.strictSame(findExcess(narrow, { ...narrow, scopes: ['leads:read'], allowed_ips: ['10.1.0.0/16'] }), [])
  t.strictSame(findExcess(narrow, { ...narrow, kind: 'publishable', allowed_ips: [], expires_at: null }), [])
  t.equal(findExcess(narrow, { ...narrow, kind: 'secret', scopes: [] }).length, 1)
  t.equal(findExcess(narrow, { ...narrow, scopes: ['leads:write', 'audit:read'] }).length, 2)
  t.equal(findExcess(narrow, { ...narrow, allowed_ips: [] }).length, 1)
  t.equal(findExcess(narrow, { ...narrow, allowed_ips: ['10.0.0.0/8', '11.0.0.0/8'] }).length, 1)
  t.equal(findExcess(narrow, { ...narrow, expires_at: null }).length, 1)
  t.equal(findExcess(narrow, { ...narrow, expires_at: '2027-01-01T00:00:00.001Z' }).length, 1)
  const master: KeyPower = { kind: 'secret', scopes: [], allowed_ips: [], expires_at: null }
  t.strictSame(findExcess(master, { ...narrow, kind: 'secret' }), [], 'a secret key makes any')
})
