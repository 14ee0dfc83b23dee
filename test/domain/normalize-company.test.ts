import t from 'tap'
import { normalizeCompany } from '../../src/domain/normalize/company.ts'

t.test('spellings of one company share a match key', async (t) => {
  const groups: [key: string, ...spellings: string[]][] = [
    [
      'acme',
      'Acme',
      'ACME, Inc.',
      'Acme Inc',
      'acme incorporated',
      'Acme Co., Ltd.',
      'Acme, L.L.C.',
      'The Acme Company',
    ],
    [
      'muller bau',
      'Müller Bau GmbH',
      'MÜLLER BAU',
      'Müller Bau GmbH & Co. KG',
      'Müller-Bau AG',
      'Mu\u0308ller  Bau mbH',
    ],
    ['dupont', 'Dupont S.A.', 'Dupont SA', 'DUPONT SARL', 'Dupont S.A.S.', 'Dupont & Cie'],
    ['cemento', 'Cemento, S.A. de C.V.', 'Cemento S. de R.L. de C.V.', 'Cemento S. A. de C. V.', 'Cemento S.L.'],
    ['rossi', 'Rossi S.p.A.', 'Rossi SpA', 'Rossi S.r.l.'],
    ['jansen', 'Jansen B.V.', 'Jansen BV', 'Jansen N.V.'],
    ['volvo', 'AB Volvo', 'Volvo AB', 'Volvo AB (publ)'],
    ['nokia', 'Nokia Oyj', 'Oy Nokia Ab'],
    ['maersk', 'Mærsk A/S', 'Maersk A/S', 'MÆRSK ApS'],
    ['kowalski', 'Kowalski Sp. z o.o.', 'Kowalski sp. z o. o.', 'Kowalski sp. k.'],
    ['novak', 'Novák s.r.o.', 'Novak spol. s r.o.', 'Novák d.o.o.'],
    ['bhp', 'BHP Pty Ltd', 'BHP Pty. Limited', 'B.H.P. Ltd'],
    ['astra', 'PT Astra Tbk', 'Astra'],
    ['トヨタ自動車', 'トヨタ自動車株式会社', '株式会社トヨタ自動車', 'トヨタ自動車 (株)', 'トヨタ自動車㈱'],
    ['삼성전자', '삼성전자 주식회사', '(주)삼성전자'],
    ['华为技术', '华为技术有限公司', '华为技术股份有限公司'],
    ['газпром', 'ООО «Газпром»', 'ПАО Газпром', 'Газпром'],
    ['johnson and johnson', 'Johnson & Johnson', 'Johnson and Johnson Ltd.', 'Johnson + Johnson'],
    ['mcdonalds', "McDonald's Corp.", 'McDonald’s', 'MCDONALDS'],
  ]
  for (const [key, ...spellings] of groups) {
    for (const spelling of spellings) t.equal(normalizeCompany(spelling).match_key, key, spelling)
  }
})

t.test('a company named like a legal form keeps its name as key', async (t) => {
  for (const name of ['AG', 'Oy', 'Inc', 'The', 'GmbH', '株式会社']) {
    t.equal(normalizeCompany(name).match_key, name.toLowerCase(), name)
  }
})

t.test('different companies keep different keys', async (t) => {
  t.not(normalizeCompany('Bosch Stiftung').match_key, normalizeCompany('Bosch GmbH').match_key)
  t.not(normalizeCompany('Acme Holding').match_key, normalizeCompany('Acme Inc').match_key)
})

t.test('the name itself only loses surplus space and what nobody can see', async (t) => {
  t.equal(normalizeCompany('  Müller\u200b \t\r\n GmbH &  Co. KG ').value, 'Müller GmbH & Co. KG')
  t.equal(normalizeCompany('ACME, Inc.').value, 'ACME, Inc.')
})

t.test('a blank company is null, a name of signs only has no key', async (t) => {
  t.strictSame(normalizeCompany(' \0\ud800 '), { value: null, match_key: null })
  t.strictSame(normalizeCompany('???'), { value: '???', match_key: null })
})
