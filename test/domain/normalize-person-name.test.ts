import t from 'tap'
import { normalizeName, type PersonName } from '../../src/domain/normalize/person-name.ts'

t.test('a full name of many cultures is split where its form tells', async (t) => {
  const cases: [full: string, first: string | null, last: string | null][] = [
    ['Anna Schmidt', 'Anna', 'Schmidt'],
    ['Anna Maria Schmidt-Meyer', 'Anna Maria', 'Schmidt-Meyer'],
    ['Karl-Theodor zu Guttenberg', 'Karl-Theodor', 'zu Guttenberg'],
    ['Ursula von der Leyen', 'Ursula', 'von der Leyen'],
    ['Vincent van Gogh', 'Vincent', 'van Gogh'],
    ['Rafael van der Vaart', 'Rafael', 'van der Vaart'],
    ["Gerard 't Hooft", 'Gerard', "'t Hooft"],
    ['Charles de Gaulle', 'Charles', 'de Gaulle'],
    ['Jean-Marie Le Pen', 'Jean-Marie', 'Le Pen'],
    ['María de la Cruz', 'María', 'de la Cruz'],
    ['José Ortega y Gasset', 'José', 'Ortega y Gasset'],
    ['Luiz Inácio Lula da Silva', 'Luiz Inácio Lula', 'da Silva'],
    ['Leonardo di Caprio', 'Leonardo', 'di Caprio'],
    ['Antoni Puig i Cadafalch', 'Antoni', 'Puig i Cadafalch'],
    ['Mohammed bin Salman', 'Mohammed', 'bin Salman'],
    ['Ahmed Ben Bella', 'Ahmed', 'Ben Bella'],
    ['محمد بن سلمان', 'محمد بن', 'سلمان'],
    ['علی‌رضا محمدی', 'علی‌رضا', 'محمدی'],
    ['דוד לוי', 'דוד', 'לוי'],
    ['Пётр Чайковский', 'Пётр', 'Чайковский'],
    ['Олена Шевченко', 'Олена', 'Шевченко'],
    ['Γιώργος Παπαδόπουλος', 'Γιώργος', 'Παπαδόπουλος'],
    ['Արամ Խաչատրյան', 'Արամ', 'Խաչատրյան'],
    ['გიორგი მამარდაშვილი', 'გიორგი', 'მამარდაშვილი'],
    ['राम कुमार', 'राम', 'कुमार'],
    ['สมชาย ใจดี', 'สมชาย', 'ใจดี'],
    ['山田 太郎', '太郎', '山田'],
    ['金 민준', '민준', '金'],
    ['王 小明', '小明', '王'],
    ['王小明', null, null],
    ['김민준', null, null],
    ['Suharto', 'Suharto', null],
    ['Þórdís Kolbrún Gylfadóttir', 'Þórdís Kolbrún', 'Gylfadóttir'],
    ['Siobhán O’Connor', 'Siobhán', 'O’Connor'],
    ['John E Smith', 'John E', 'Smith'],
    ['Chinua Achebe', 'Chinua', 'Achebe'],
    ['Nadia Al Masri', 'Nadia', 'Al Masri'],
  ]
  for (const [full, first, last] of cases) {
    t.hasStrict(normalizeName({ full_name: full }), { first_name: first, last_name: last, full_name: full }, full)
  }
})

t.test('titles and degrees stay in the full name only', async (t) => {
  const cases: [full: string, first: string | null, last: string | null][] = [
    ['Dr. Anna Schmidt', 'Anna', 'Schmidt'],
    ['Prof. Dr. h.c. Karl von der Heide', 'Karl', 'von der Heide'],
    ['Dipl.-Ing. Jörg Weber', 'Jörg', 'Weber'],
    ['Frau Schmidt', null, 'Schmidt'],
    ['Mr. John Smith Jr.', 'John', 'Smith'],
    ['Martin Luther King III', 'Martin Luther', 'King'],
    ['Sra. Carmen Ruiz', 'Carmen', 'Ruiz'],
    ['John Smith, PhD', 'John', 'Smith'],
    ['John Smith, Jr., M.D.', 'John', 'Smith'],
    ['Dr.', 'Dr.', null],
  ]
  for (const [full, first, last] of cases) {
    t.hasStrict(normalizeName({ full_name: full }), { first_name: first, last_name: last, full_name: full }, full)
  }
})

t.test('"Last, First" is put into reading order', async (t) => {
  const expected = { first_name: 'Anna', last_name: 'van der Berg', full_name: 'Anna van der Berg' }
  for (const full of ['van der Berg, Anna', 'VAN DER BERG, Anna', 'van der berg , anna']) {
    t.hasStrict(normalizeName({ full_name: full }), expected, full)
  }
  t.hasStrict(normalizeName({ full_name: 'Smith, John, PhD' }), {
    first_name: 'John',
    last_name: 'Smith',
    full_name: 'John Smith, PhD',
    name_key: 'john smith',
  })
})

t.test('case is repaired only in a name typed in one case', async (t) => {
  const cases: [typed: string, fixed: string][] = [
    ['ANNA SCHMIDT', 'Anna Schmidt'],
    ['anna schmidt', 'Anna Schmidt'],
    ['jean-luc PICARD', 'jean-luc PICARD'],
    ['jean-luc picard', 'Jean-Luc Picard'],
    ["PATRICK O'NEIL", "Patrick O'Neil"],
    ['patrick o’neil', 'Patrick O’Neil'],
    ['RONALD MCDONALD', 'Ronald McDonald'],
    ['Ronald McDonald', 'Ronald McDonald'],
    ['LUDWIG VAN BEETHOVEN', 'Ludwig van Beethoven'],
    ['Dick Van Dyke', 'Dick Van Dyke'],
    ['van nguyen', 'Van Nguyen'],
    ['ANNE DE LA CRUZ', 'Anne de la Cruz'],
    ['jean de la fontaine', 'Jean de la Fontaine'],
    ['J.R.R. TOLKIEN', 'J.R.R. Tolkien'],
    ['JOHN E SMITH III', 'John E Smith III'],
    ['john smith phd', 'John Smith PhD'],
    ["sa'id ma'ruf", "Sa'id Ma'ruf"],
    ['ПЁТР ЧАЙКОВСКИЙ', 'Пётр Чайковский'],
    ['ΓΙΩΡΓΟΣ ΣΑΜΑΡΑΣ', 'Γιωργος Σαμαρας'],
    ['İBRAHİM ŞAHİN', 'İbrahim Şahin'],
    ['გიორგი', 'გიორგი'],
    ['JP', 'JP'],
    ['ﬁona ſmith', 'ﬁona ſmith'],
  ]
  for (const [typed, fixed] of cases) t.equal(normalizeName({ full_name: typed }).full_name, fixed, typed)
  t.hasStrict(normalizeName({ last_name: 'VAN DER BERG' }), { last_name: 'van der Berg' })
  t.hasStrict(normalizeName({ last_name: 'LE' }), { last_name: 'LE' })
  t.hasStrict(normalizeName({ first_name: 'van', last_name: 'de' }), { first_name: 'Van', last_name: 'De' })
})

t.test('what was typed wins; a missing part comes from the full name only when the two agree', async (t) => {
  const full_name = 'Anna Maria van der Berg'
  const cases: [typed: Parameters<typeof normalizeName>[0], expected: Partial<PersonName>][] = [
    [
      { first_name: 'Anna', full_name },
      { first_name: 'Anna', last_name: 'van der Berg', full_name },
    ],
    [
      { last_name: 'VAN DER BERG', full_name },
      { first_name: 'Anna Maria', last_name: 'van der Berg', full_name },
    ],
    [
      { last_name: 'Weber', full_name: 'Schmidt, Anna' },
      { first_name: null, last_name: 'Weber', full_name: 'Schmidt, Anna' },
    ],
    [
      { first_name: 'Eva', full_name },
      { first_name: 'Eva', last_name: null, full_name },
    ],
    [
      { last_name: 'Berg', full_name },
      { first_name: null, last_name: 'Berg', full_name },
    ],
    [
      { first_name: 'Eva', last_name: 'Lind', full_name },
      { first_name: 'Eva', last_name: 'Lind', full_name },
    ],
    [
      { first_name: 'Eva', last_name: 'Lind' },
      { full_name: 'Eva Lind', name_key: 'eva lind' },
    ],
    [
      { first_name: '太郎', last_name: '山田' },
      { full_name: '山田 太郎', name_key: '太郎 山田' },
    ],
    [{ first_name: 'Eva' }, { first_name: 'Eva', last_name: null, full_name: 'Eva' }],
    [{ last_name: 'Lind' }, { first_name: null, last_name: 'Lind', full_name: 'Lind' }],
    [
      { first_name: 'Anna', last_name: 'Lind, PhD' },
      { full_name: 'Anna Lind PhD', name_key: 'anna lind' },
    ],
  ]
  for (const [typed, expected] of cases) t.hasStrict(normalizeName(typed), expected, JSON.stringify(typed))
})

t.test('spellings of one name share a key', async (t) => {
  const groups: string[][] = [
    ['Jürgen Müller', 'JURGEN MULLER', 'Müller, Jürgen', 'Dr. Jürgen Müller', 'Ju\u0308rgen  Mu\u0308ller'],
    ["Patrick O'Neil", 'Patrick O’Neil', 'PATRICK ONEIL', 'Patrick O‘Neil, PhD'],
    ['Anne-Marie Dupont', 'Anne Marie Dupont'],
    ['علی‌رضا محمدی', 'علیرضا محمدی'],
  ]
  for (const group of groups) {
    t.equal(new Set(group.map((full_name) => normalizeName({ full_name }).name_key)).size, 1, group.join(' = '))
  }
})

t.test('a name is one clean line, whatever was sent', async (t) => {
  t.hasStrict(normalizeName({ full_name: 'Anna\r\nBcc: v@example.com' }), { full_name: 'Anna Bcc: v@example.com' })
  t.hasStrict(normalizeName({ first_name: '\u202eannA\0 ', last_name: '\ud800' }), {
    first_name: 'annA',
    last_name: null,
  })
})

t.test('nothing typed gives nothing', async (t) => {
  const nothing = { first_name: null, last_name: null, full_name: null, name_key: null }
  t.strictSame(normalizeName({}), nothing)
  t.strictSame(normalizeName({ first_name: ' ', last_name: null, full_name: '\u200b' }), nothing)
  t.strictSame(normalizeName({ full_name: '🙂' }).name_key, null)
})

t.test('text far too long for a name is kept, but not interpreted', async (t) => {
  const full_name = 'anna '.repeat(200).trim()
  t.hasStrict(normalizeName({ full_name }), { first_name: null, last_name: null, full_name })
})
